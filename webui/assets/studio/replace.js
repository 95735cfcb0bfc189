// 换成: what an element may be changed into. Steps change their kind; events and branches what may run there.
import ReplaceMenuProvider from 'bpmn-js/lib/features/popup-menu/ReplaceMenuProvider';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { isEventSubProcess, isExpanded } from 'bpmn-js/lib/util/DiUtil';

import { ELEMENTS, settingsFor } from './elements.js';
import { NOTHING, entryOf } from './menus.js';
import { changeSettings, settingsOf } from './properties.js';

const STEPS = Object.keys(ELEMENTS).filter((name) => ELEMENTS[name].group === 'step');
const OTHERS = [
  ['call', { type: 'bpmn:CallActivity' }],
  ['part', { type: 'bpmn:SubProcess', isExpanded: true }],
];
const NEVER = /Compensate|Cancel|Complex|Transaction|AdHoc|Script|Service|BusinessRule|Data/; // nothing of it runs here

export class StudioReplaceMenu extends ReplaceMenuProvider {
  constructor(...services) {
    super(...services.slice(0, 8));
    [this.commandStack] = services.slice(8);
  }

  getPopupMenuEntries(target) {
    if (!is(target, 'bpmn:Activity') || is(target, 'bpmn:SubProcess')) return super.getPopupMenuEntries(target);
    const kind = is(target, 'bpmn:UserTask') ? settingsOf(target).kind : undefined;
    const steps = STEPS.filter((name) => name !== kind).map((name) => [
      `kind-${name}`, entryOf(ELEMENTS[name], () => this.become(target, name)),
    ]);
    const others = OTHERS.filter(([, { type }]) => type !== target.type).map(([name, into]) => [
      `replace-${name}`, entryOf(ELEMENTS[name], () => this._bpmnReplace.replaceElement(target, into)),
    ]);
    return Object.fromEntries([...steps, ...others]);
  }

  getEmptyPlaceholder() {
    return NOTHING;
  }

  /** All of bpmn-js's own lists come through here: what does not run is left out. */
  _createEntries(target, options) {
    return super._createEntries(target, options.filter((option) => runs(target, option.target ?? {})));
  }

  /** A step of another kind: settings of the old one go, those every kind has stay. One step back undoes it. */
  become(target, kind) {
    this.commandStack.execute('studio.together', { action: () => {
      const element = is(target, 'bpmn:UserTask') ? target
        : this._bpmnReplace.replaceElement(target, { type: 'bpmn:UserTask' });
      changeSettings(this._modeling, this._bpmnFactory, element, settingsFor(kind, settingsOf(element)));
    } });
  }
}
StudioReplaceMenu.$inject = [...ReplaceMenuProvider.$inject, 'commandStack'];

function runs(element, { type = '', eventDefinitionType = '', isExpanded: open }) {
  if (NEVER.test(type) || NEVER.test(eventDefinitionType)) return false;
  if (is(element, 'bpmn:StartEvent')) {
    const inner = isEventSubProcess(element.parent);
    return type === 'bpmn:StartEvent' && (inner || !/Conditional/.test(eventDefinitionType));
  }
  if (is(element, 'bpmn:EndEvent')) return type === 'bpmn:EndEvent';
  if (is(element, 'bpmn:IntermediateCatchEvent') || is(element, 'bpmn:IntermediateThrowEvent')) {
    return /Intermediate/.test(type);
  }
  if (is(element, 'bpmn:Participant')) return open !== false || isExpanded(element) === false; // it would lose what is in it
  return !/bpmn:(Task|ManualTask|SendTask|ReceiveTask)$/.test(type);
}
