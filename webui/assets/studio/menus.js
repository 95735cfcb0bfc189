// The menus beside an element: what comes next, and what it may be changed into.
import { ELEMENTS, GROUPS, make, pictureFor } from './elements.js';

const NEXT = Object.keys(ELEMENTS).filter((name) => !ELEMENTS[name].alone && name !== 'start');
const WAITING = ['timer', 'message', 'signal', 'condition']; // what may follow an event-based gateway

function entryOf({ title, about, group, search, ...looks }, action) {
  return {
    label: title, description: about, search, imageHtml: pictureFor(looks), group: { id: group, name: GROUPS[group] }, action,
  };
}

/** 接下一步: everything that may follow, with the names of the palette. */
export class AppendMenu {
  constructor(popupMenu, placing, create, elementFactory, bpmnFactory) {
    Object.assign(this, { placing, create, elementFactory, bpmnFactory });
    popupMenu.registerProvider('studio-append', this);
  }

  getPopupMenuEntries(element) {
    const waits = element.type === 'bpmn:EventBasedGateway';
    const names = waits ? NEXT.filter((name) => WAITING.includes(name)) : NEXT;
    return Object.fromEntries(names.map((name) => [`append-${name}`, entryOf(ELEMENTS[name], (event, _entry, action) => {
      if (action === 'dragstart') this.placing.drag(name, event, element);
      else this.placing.append(name, element);
    })]));
  }
}
AppendMenu.$inject = ['popupMenu', 'placing', 'create', 'elementFactory', 'bpmnFactory'];

/** 添加: every element, put where there is room. */
export class CreateMenu {
  constructor(popupMenu, placing) {
    this.placing = placing;
    popupMenu.registerProvider('studio-create', this);
  }

  getPopupMenuEntries() {
    return Object.fromEntries(Object.entries(ELEMENTS).map(([name, element]) => [
      `create-${name}`, entryOf(element, () => this.placing.put(name)),
    ]));
  }
}
CreateMenu.$inject = ['popupMenu', 'placing'];

export { entryOf, make };
