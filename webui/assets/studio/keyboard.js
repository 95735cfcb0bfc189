// The keyboard: everything a mouse can do here, and a card that says how.
import { is } from 'bpmn-js/lib/util/ModelUtil';

import { paste } from './clipboard.js';
import { ELEMENTS, pictureFor } from './elements.js';
import { kindOf, spoken, walk } from './walking.js';

const BEFORE_STOCK = 2000; // bpmn-js's own bindings listen at 1000
const HELP = [
  ['Tab', '进到图里；选中以后沿着流程走到下一个，Shift+Tab 往回走，Esc 不选'],
  ['Enter、F2、E', '选第一个；选中以后改名称，泳道是选岗位'],
  ['A', '接下一步'],
  ['N', '添加（步骤、开始、泳道、文字说明…）'],
  ['T', '连线到另一个步骤'],
  ['R', '换成别的'],
  ['方向键', '移动选中的（加 Shift 移得远）；没有选中时，Ctrl+方向键移动画面'],
  ['Delete', '删除'],
  ['Ctrl+Z / Ctrl+Y', '撤销 / 重做'],
  ['Ctrl+C / X / V / D', '复制 / 剪切 / 粘贴（也可以贴到另一份草稿）/ 再来一份'],
  ['Ctrl+A', '全选'],
  ['Ctrl+F', '查找'],
  ['Ctrl+S', '现在就保存'],
  ['Ctrl+＋ / －', '放大 / 缩小'],
  ['H、L、S、C', '移动画面、框选、腾出空白、连线（用鼠标）'],
  ['F6', '换一块：工具箱、图、设置栏、检查结果'],
  ['?', '这张卡片'],
];

export class Keys {
  constructor(modeler, { save }) {
    Object.assign(this, { modeler, save });
    this.get = (name) => modeler.get(name);
    this.get('popupMenu').registerProvider('studio-connect', this);
    this.get('keyboard').addListener(BEFORE_STOCK, ({ keyEvent }) => this.onBoard(keyEvent));
    window.addEventListener('keydown', (event) => this.anywhere(event));
    this.speak();
    this.introduce();
  }

  get selected() {
    const chosen = this.get('selection').get();
    return chosen.length === 1 ? chosen[0] : null;
  }

  /** Only while the drawing has the focus. */
  onBoard(event) {
    if (event.key === 'Tab') return this.step(event.shiftKey ? -1 : 1);
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === 'v') return paste(this.get).length > 0 || undefined;
    if (control || event.altKey) return undefined;
    if (event.key === 'Escape') return this.get('selection').get().length ? this.select(null) : undefined;
    if (['Enter', 'F2', 'e', 'E'].includes(event.key)) return this.selected ? this.rename() : this.step(1);
    if (['a', 'A'].includes(event.key) && this.selected) return this.next();
    if (['n', 'N'].includes(event.key)) return this.add();
    if (['t', 'T'].includes(event.key) && this.selected) return this.connect();
    return undefined;
  }

  anywhere(event) {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]:not([contenteditable="false"])');
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      this.save();
    } else if (event.key === '?' && !typing) {
      event.preventDefault();
      showHelp();
    } else if (event.key === 'F6') {
      event.preventDefault();
      this.turn(event.shiftKey ? -1 : 1);
    }
  }

  /** To the next stop of the walk; past its ends the focus leaves the drawing, as anywhere else. */
  step(by) {
    const stops = walk(this.modeler);
    const chosen = this.get('selection').get();
    if (!stops.length || (!chosen.length && by < 0)) return undefined;
    const next = stops[stops.indexOf(chosen.at(-1)) + by];
    if (chosen.length && !next) {
      this.get('selection').select(null);
      return undefined;
    }
    return this.select(next);
  }

  select(element) {
    this.get('selection').select(element);
    if (element) this.get('canvas').scrollToElement(element, 100);
    return true;
  }

  rename() {
    if (is(this.selected, 'bpmn:Lane')) this.get('laneNames').choose(this.selected);
    else this.get('directEditing').activate(this.selected);
    return true;
  }

  next() {
    if (!this.get('placing').continues(this.selected)) return undefined;
    this.get('contextPadProvider').openNext(this.selected);
    return true;
  }

  add() {
    const box = this.get('canvas').getContainer().getBoundingClientRect();
    const target = this.selected ?? this.get('canvas').getRootElement();
    const place = { x: box.left + box.width / 2 - 150, y: box.top + 40 };
    this.get('popupMenu').open(target, 'studio-create', place, { title: '添加', width: 300, search: true });
    return true;
  }

  connect() {
    if (!Object.keys(this.getPopupMenuEntries(this.selected)).length) return undefined;
    this.get('popupMenu').open(this.selected, 'studio-connect', this.get('placing').beside(this.selected), {
      title: '连线到', width: 300, search: true,
    });
    return true;
  }

  getEmptyPlaceholder() {
    return '没有这样的步骤';
  }

  /** 连线到: every element a line may lead to from here. */
  getPopupMenuEntries(source) {
    const allowed = (target) => target !== source && this.get('rules').allowed('connection.create', { source, target });
    const lead = (target) => [`to-${target.id}`, {
      label: target.businessObject.name || kindOf(target),
      description: spoken(target),
      imageHtml: pictureFor(Object.values(ELEMENTS).find(({ title }) => title === kindOf(target)) ?? { picture: '' }),
      action: () => {
        const line = this.get('modeling').connect(source, target);
        this.select(line);
      },
    }];
    return Object.fromEntries(walk(this.modeler).filter((each) => each.width && allowed(each)).map(lead));
  }

  turn(by) {
    const panes = ['.djs-palette .entry', '.djs-container > svg', '#properties', '#findings .summary'];
    const places = panes.map((pane) => document.querySelector(pane)).filter((each) => each?.getClientRects().length);
    const parts = ['.djs-palette', '.djs-container', '#properties', '#findings'];
    const at = parts.findIndex((part) => document.querySelector(part)?.contains(document.activeElement));
    const next = places[(at + by + places.length) % places.length];
    if (next.id === 'properties') next.querySelector('button, input, select, textarea, [tabindex="0"]')?.focus();
    else next.focus();
  }

  /** The drawing itself, for somebody who comes to it by Tab. */
  introduce() {
    const drawing = this.get('canvas').getContainer().querySelector(':scope > svg');
    drawing.setAttribute('role', 'application');
    drawing.setAttribute('aria-label', '流程图。按 Enter 选第一个，Tab 沿着流程走，问号看快捷键');
  }

  /** What is selected, for somebody who hears it. */
  speak() {
    const voice = Object.assign(document.createElement('div'), { className: 'visually-hidden' });
    voice.setAttribute('role', 'status');
    document.getElementById('drawing').append(voice);
    this.get('eventBus').on('selection.changed', ({ newSelection }) => {
      const { length } = newSelection;
      voice.textContent = length === 1 ? spoken(newSelection[0]) : length ? `选了 ${length} 个` : '';
    });
  }
}

export function showHelp() {
  const dialog = document.getElementById('drawing-help');
  const rows = HELP.map(([keys, what]) => `<dt>${keys}</dt><dd>${what}</dd>`).join('');
  dialog.innerHTML = `<h2 id="drawing-help-title">键盘怎么用</h2><dl class="facts">${rows}</dl>
    <form method="dialog"><button class="btn btn-primary">知道了</button></form>`;
  dialog.showModal();
}
