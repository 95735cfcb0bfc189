// Who does it: a lane's name is chosen from the registered posts, registers and duties; anything else can be typed.
import { is } from 'bpmn-js/lib/util/ModelUtil';

const ELSEWHERE = ['element.mousedown', 'canvas.viewbox.changing', 'popupMenu.open', 'diagram.clear'];
const LOGO = 54; // pixels at the bottom that stay free for bpmn.io's logo
const HEAD = 30; // of a pool, in the drawing's units
const SHOWN = 60; // more than anybody reads; typing narrows them down
const BEFORE_LABELS = 2000; // bpmn-js's own label editor listens at 1000

export class LaneNames {
  constructor(eventBus, canvas, modeling, placing, designations) {
    Object.assign(this, { canvas, modeling, designations });
    eventBus.on('element.dblclick', BEFORE_LABELS, ({ element }) => this.instead(element));
    eventBus.on(ELSEWHERE, () => this.close());
    for (const command of ['lane.add', 'lane.split']) {
      eventBus.on(`commandStack.${command}.postExecuted`, ({ context }) => { this.fresh = newLane(context); });
    }
    eventBus.on('commandStack.shape.create.postExecuted', ({ context: { shape } }) => {
      if (placing.fresh.delete(shape)) this.fresh = this.firstLane(shape);
    });
    eventBus.on('commandStack.changed', () => {
      const lane = this.fresh;
      this.fresh = null;
      if (lane) setTimeout(() => lane.parent && this.choose(lane)); // once it has its place
    });
  }

  firstLane(pool) {
    const { x, y, width, height } = pool;
    const place = { x: x + HEAD, y, width: width - HEAD, height };
    return this.modeling.createShape({ type: 'bpmn:Lane', isHorizontal: true }, place, pool);
  }

  instead(element) {
    if (!is(element, 'bpmn:Lane')) return undefined;
    this.choose(element);
    return false;
  }

  /** Opens the list over the lane's head. */
  choose(lane) {
    this.close();
    const box = this.box = document.createElement('div');
    box.className = 'lane-names';
    box.innerHTML = `<label for="lane-name">这条泳道由谁办</label>
      <input id="lane-name" class="form-control" role="combobox" aria-expanded="true" aria-controls="lane-posts"
        aria-autocomplete="list" autocomplete="off" maxlength="40">
      <ul id="lane-posts" role="listbox" aria-label="登记过的岗位、身份和职务"></ul>`;
    const [input, list] = [box.querySelector('input'), box.querySelector('ul')];
    input.value = lane.businessObject.name ?? '';
    const finish = (name) => {
      this.close();
      if (name && name !== lane.businessObject.name) this.modeling.updateLabel(lane, name);
      this.canvas.focus();
    };
    const show = (typed) => this.show(list, typed, finish);
    input.addEventListener('input', () => show(input.value.trim()));
    input.addEventListener('keydown', (event) => keys(event, input, list, finish, () => finish('')));
    input.addEventListener('blur', () => setTimeout(() => this.box === box && finish(input.value.trim())));
    box.addEventListener('mousedown', (event) => event.stopPropagation());
    this.canvas.getContainer().append(box);
    show('');
    this.place(box, lane);
    input.focus();
    input.select();
  }

  show(list, typed, finish) {
    const found = this.designations.filter(({ name }) => name.includes(typed)).slice(0, SHOWN);
    list.replaceChildren(...found.map(({ name, about }, place) => {
      const item = document.createElement('li');
      Object.assign(item, { id: `lane-post-${place}`, textContent: name });
      item.dataset.name = name;
      item.setAttribute('role', 'option');
      item.append(Object.assign(document.createElement('small'), { textContent: about }));
      item.addEventListener('mousedown', (event) => { event.preventDefault(); finish(name); });
      return item;
    }));
    if (!found.length) {
      const none = Object.assign(document.createElement('li'), { textContent: '没有登记过这样的岗位，检查时会提醒' });
      none.className = 'nothing';
      list.append(none);
    }
  }

  place(box, lane) {
    const container = this.canvas.getContainer();
    const { x, y, scale } = this.canvas.viewbox();
    const left = (lane.x - x) * scale + 34;
    const top = (lane.y - y) * scale + 4;
    box.style.left = `${Math.max(4, Math.min(left, container.clientWidth - box.offsetWidth - 4))}px`;
    box.style.top = `${Math.max(4, Math.min(top, container.clientHeight - box.offsetHeight - LOGO))}px`;
  }

  close() {
    this.box?.remove();
    this.box = null;
  }
}
LaneNames.$inject = ['eventBus', 'canvas', 'modeling', 'placing', 'config.designations'];

function keys(event, input, list, finish, cancel) {
  event.stopPropagation();
  if (event.isComposing) return; // Enter still belongs to the input method
  const options = [...list.querySelectorAll('[role="option"]')];
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'Escape') cancel();
  else if (event.key === 'Enter') finish(at >= 0 ? options[at].dataset.name : input.value.trim());
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const next = Math.max(0, Math.min(options.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)));
    options[at]?.removeAttribute('aria-selected');
    options[next]?.setAttribute('aria-selected', 'true');
    options[next]?.scrollIntoView({ block: 'nearest' });
    if (options[next]) input.setAttribute('aria-activedescendant', options[next].id);
  }
}

/** The lane somebody has just asked for; of several, the first that has no name. */
function newLane({ newLane: added, newLanes = [], shape }) {
  const inside = (shape?.children ?? []).filter((each) => is(each, 'bpmn:Lane'));
  const made = added ? [added] : newLanes.length ? newLanes : inside;
  return made.find((each) => !each.businessObject.name) ?? null;
}
