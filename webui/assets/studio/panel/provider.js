// Which entries an element has, under which headings.
import { is } from 'bpmn-js/lib/util/ModelUtil';

import {
  CalledEntry,
  EventConditionEntry,
  InterruptEntry,
  LinkEntry,
  ReferredEntry,
  TimerEntry,
  definitionOf,
  interrupting,
  referred,
  timerOf,
} from './events.jsx';
import { ConditionEntry, isChosen } from './flow.jsx';
import { LoopEntry } from './loops.jsx';
import { SettingEntry } from './setting.jsx';
import { GuidanceEntry, KindEntry, LaneEntry, NameEntry, UnknownEntry, WholeEntry, dropped, isStep } from './step.jsx';
import { StateEntry } from './state.jsx';

const SELDOM = ['高级', '选举', '办几次', '指定、回避']; // closed where nothing is set there: opened by whoever looks for it

export class Provider {
  constructor(propertiesPanel, catalogue, editing, translate, eventBus, selection) {
    Object.assign(this, { catalogue, editing, translate, selection });
    propertiesPanel.registerProvider(this);
    // The panel's first sign of life: it listens from now on. And it may go back to what it showed before, where what
    // can be chosen arrives while somebody selects.
    eventBus.once('propertiesPanel.layoutChanged', () => queueMicrotask(() => this.showSelected()));
    eventBus.on('propertiesPanel.updated', ({ element }) => {
      const [only, ...more] = selection.get();
      if (only && !more.length && (only.labelTarget ?? only) !== element) queueMicrotask(() => this.showSelected());
    });
  }

  /** What is selected is shown after all. */
  showSelected() {
    const selected = this.selection.get();
    if (!selected.length) return;
    this.selection.select([]);
    this.selection.select(selected);
  }

  getGroups(selected) {
    const element = selected.labelTarget ?? selected;
    return () =>
      this.catalogue.state === 'ready'
        ? this.groups(element)
        : [this.group(element, '设置', [{ component: StateEntry, name: 'state' }])];
  }

  groups(element) {
    const parts = isStep(element) ? this.step(element) : this.other(element);
    return parts.filter(([, entries]) => entries.length).map(([title, entries]) => this.group(element, title, entries));
  }

  /** An entry belongs to its element: what somebody has begun to type there is not carried over to the next one. */
  group(element, label, entries) {
    const named = entries.map((entry) => ({ ...entry, id: `${entry.name}--${element.id}` }));
    return {
      id: label,
      label,
      entries: named,
      shouldOpen: !SELDOM.includes(label) || this.isSet(element, label),
      translate: this.translate,
    };
  }

  isSet(element, label) {
    if (label === '办几次') return Boolean(element.businessObject.loopCharacteristics);
    const settings = this.editing.settings(element);
    if (label === '指定、回避') return Boolean(settings.who || settings.not_who);
    return label === '选举' && Boolean(settings.seats);
  }

  step(element) {
    const { catalogue, editing } = this;
    const settings = editing.settings(element);
    const kind = catalogue.kind(settings.kind ?? (settings.form ? 'handle' : ''));
    const applies = ({ name, needs, without }) =>
      settings[name] || ((!needs || settings[needs]) && (!without || !settings[without]));
    const own = (kind?.settings ?? []).filter(applies);
    const how = own.filter(({ part }) => part === '怎么办');
    const parts = [...new Set(own.map(({ part }) => part))].filter((part) => part !== '怎么办');
    const unknown = kind ? dropped(settings, kind) : [];
    return [
      [
        '是什么',
        [
          { component: NameEntry, name: 'name' },
          { component: KindEntry, name: 'kind' },
        ],
      ],
      ['谁来办', [{ component: LaneEntry, name: 'lane' }]],
      [
        '怎么办',
        [{ component: GuidanceEntry, name: 'documentation', must: true }, ...how.map(entryOf), ...this.common('due')],
      ],
      ...parts.map((part) => [part, own.filter((setting) => setting.part === part).map(entryOf)]),
      ['依据', this.common('clauses')],
      ['指定、回避', this.common('who', 'not_who')],
      ['办几次', [{ component: LoopEntry, name: 'loop' }]],
      ['不起作用', unknown.length ? [{ component: UnknownEntry, name: 'unknown', names: unknown }] : []],
      ['高级', this.common('key')],
    ];
  }

  other(element) {
    if (is(element, 'bpmn:SequenceFlow')) return this.flow(element);
    if (is(element, 'bpmn:Lane')) return [['谁来办', [{ component: LaneEntry, name: 'lane' }]]];
    if (is(element, 'bpmn:FlowNode')) return this.node(element);
    if (is(element, 'bpmn:Collaboration')) return [['这个流程', [{ component: WholeEntry, name: 'whole' }]]];
    const noted =
      is(element, 'bpmn:TextAnnotation') || is(element, 'bpmn:Group') ? [] : [{ component: NameEntry, name: 'name' }];
    const about = is(element, 'bpmn:Process')
      ? [{ component: GuidanceEntry, name: 'documentation', label: '说明', help: '这个流程办什么事' }]
      : [];
    const whole = is(element, 'bpmn:Process') ? [{ component: WholeEntry, name: 'whole' }] : [];
    return [
      ['是什么', [...noted, ...about]],
      ['这个流程', whole],
    ];
  }

  flow(element) {
    const named = { component: NameEntry, name: 'name', label: '线上的字', help: '什么情况走这条，如 同意、退回' };
    return [
      ['是什么', [named]],
      ['条件', isChosen(element) ? [{ component: ConditionEntry, name: 'condition' }] : []],
    ];
  }

  node(element) {
    const happens = [];
    if (timerOf(element)) happens.push({ component: TimerEntry, name: 'timer' });
    if (referred(element)) happens.push({ component: ReferredEntry, name: 'referred' });
    if (definitionOf(element.businessObject, 'bpmn:LinkEventDefinition'))
      happens.push({ component: LinkEntry, name: 'link' });
    if (definitionOf(element.businessObject, 'bpmn:ConditionalEventDefinition'))
      happens.push({ component: EventConditionEntry, name: 'event-condition' });
    if (referred(element)?.field === 'messageRef') happens.push(entryOf(this.catalogue.elsewhere('payload')));
    if (is(element, 'bpmn:StartEvent') && referred(element)?.field === 'messageRef')
      happens.push(entryOf(this.catalogue.elsewhere('title')));
    if (interrupting(element)) happens.push({ component: InterruptEntry, name: 'interrupt' });
    if (is(element, 'bpmn:CallActivity')) happens.push({ component: CalledEntry, name: 'called' });
    const about = is(element, 'bpmn:SubProcess')
      ? [{ component: GuidanceEntry, name: 'documentation', label: '说明', help: '这一段办什么' }]
      : [];
    return [
      ['是什么', [{ component: NameEntry, name: 'name' }, ...about]],
      ['怎么办', happens],
      ['依据', [entryOf(this.catalogue.elsewhere('clauses'))]],
      [
        '办几次',
        is(element, 'bpmn:Activity') && !element.businessObject.triggeredByEvent
          ? [{ component: LoopEntry, name: 'loop' }]
          : [],
      ],
    ];
  }

  common(...names) {
    return names.map((name) => entryOf(this.catalogue.common(name)));
  }
}
Provider.$inject = ['propertiesPanel', 'catalogue', 'editing', 'translate', 'eventBus', 'selection'];

function entryOf(setting) {
  return { component: SettingEntry, name: setting.name, setting };
}
