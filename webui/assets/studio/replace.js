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
      `replace-${name}`, entryOf(ELEMENTS[name], () => this.leave(target, into)),
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

  _createEntry(option, target, action) {
    const inward = option.target?.triggeredByEvent && !target.businessObject.triggeredByEvent;
    return super._createEntry(option, target, inward ? () => this.wait(target, option.target) : action);
  }

  /** An event sub-process waits for something: its start gets a time, the plainest of what may be waited for. */
  wait(target, into) {
    this.together(() => {
      const element = this._bpmnReplace.replaceElement(target, into);
      const idle = (each) => is(each, 'bpmn:StartEvent') && !each.businessObject.eventDefinitions?.length;
      for (const start of element.children.filter(idle)) {
        const timeDuration = this._bpmnFactory.create('bpmn:FormalExpression', { body: ELEMENTS.timer.waits });
        this._bpmnReplace.replaceElement(start, {
          type: 'bpmn:StartEvent',
          eventDefinitionType: 'bpmn:TimerEventDefinition',
          eventDefinitionAttrs: { timeDuration },
        });
      }
    });
  }

  /** No step any longer: what only a step has goes. */
  leave(target, into) {
    this.together(() => {
      const element = this._bpmnReplace.replaceElement(target, into);
      const gone = Object.keys(settingsOf(element)).filter((name) => name !== 'clauses');
      const without = Object.fromEntries(gone.map((name) => [name, undefined]));
      if (gone.length) changeSettings(this._modeling, this._bpmnFactory, element, without);
    });
  }

  together(action) {
    this.commandStack.execute('studio.together', { action });
  }

  /** A step of another kind: settings of the old one go, those every kind has stay. One step back undoes it. */
  become(target, kind) {
    this.together(() => {
      const element = is(target, 'bpmn:UserTask') ? target
        : this._bpmnReplace.replaceElement(target, { type: 'bpmn:UserTask' });
      changeSettings(this._modeling, this._bpmnFactory, element, settingsFor(kind, settingsOf(element)));
    });
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
  if (is(element, 'bpmn:Participant')) return open !== false || !isExpanded(element); // it would lose what is in it
  return !/bpmn:(Task|ManualTask|SendTask|ReceiveTask)$/.test(type);
}
