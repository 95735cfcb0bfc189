// The menus beside an element: what comes next, and what it may be changed into.
import { is } from 'bpmn-js/lib/util/ModelUtil';

import { BORDERS, ELEMENTS, GROUPS, pictureFor } from './elements.js';

const NEXT = Object.keys(ELEMENTS).filter((name) => !ELEMENTS[name].alone && name !== 'start');
const WAITING = ['timer', 'message']; // what may follow an event-based gateway
export const NOTHING = '没有这样的元素';

/** A menu's entry for an element of the palette; `drag` is what pulling it out of the menu does. */
export function entryOf({ title, about, group, search, ...looks }, click, drag) {
  return {
    label: title, description: about, search, action: drag ? { click, dragstart: drag } : click,
    imageHtml: pictureFor(looks), group: { id: group, name: GROUPS[group] },
  };
}

/** A menu in which a search may find nothing. */
class Menu {
  getEmptyPlaceholder() {
    return NOTHING;
  }
}

/** 接下一步: everything that may follow, with the names of the palette. */
export class AppendMenu extends Menu {
  constructor(popupMenu, placing) {
    super();
    this.placing = placing;
    popupMenu.registerProvider('studio-append', this);
  }

  getPopupMenuEntries(element) {
    const waits = element.type === 'bpmn:EventBasedGateway';
    const names = waits ? NEXT.filter((name) => WAITING.includes(name)) : NEXT;
    const follow = (name) => entryOf(
      ELEMENTS[name],
      () => this.placing.append(name, element),
      (event) => this.placing.drag(name, event, element),
    );
    const hang = ([name, each]) => [`attach-${name}`, entryOf(each, () => this.placing.attach(name, element))];
    return Object.fromEntries([
      ...names.map((name) => [`append-${name}`, follow(name)]),
      ...bordersOf(element).map(hang),
    ]);
  }
}
AppendMenu.$inject = ['popupMenu', 'placing'];

/** What may hang on this element's border; an error comes out of nothing but what is composed of steps. */
function bordersOf(element) {
  if (!is(element, 'bpmn:Activity') || element.businessObject.triggeredByEvent) return [];
  const composed = is(element, 'bpmn:SubProcess') || is(element, 'bpmn:CallActivity');
  return Object.entries(BORDERS).filter(([, each]) => composed || !each.composed);
}

/** 添加: every element, put where there is room. */
export class CreateMenu extends Menu {
  constructor(popupMenu, placing) {
    super();
    this.placing = placing;
    popupMenu.registerProvider('studio-create', this);
  }

  getPopupMenuEntries() {
    return Object.fromEntries(Object.entries(ELEMENTS).map(([name, element]) => [
      `create-${name}`, entryOf(element, () => this.placing.put(name), (event) => this.placing.drag(name, event)),
    ]));
  }
}
CreateMenu.$inject = ['popupMenu', 'placing'];
