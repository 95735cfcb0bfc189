// What can be drawn, in a designer's words: the palette, "接下一步" and "换成" all offer these and nothing else.
import { KINDS, iconOf } from './icons.js';
import { extensionOf } from './properties.js';

export const GROUPS = {
  step: '步骤',
  event: '起止和等待',
  branch: '分岔',
  part: '其他',
  border: '附在这一步的边上',
};

// A new step comes with what its kind cannot do without, so that there is little to mend before it runs.
const STEPS = {
  handle: { about: '一个人签收，填一张表', search: 'bl' },
  cosign: { about: '几个岗位都要表态', search: 'hq' },
  consult: {
    about: '收集意见，到期或够数再汇总',
    search: 'zqyj',
    settings: { ask: '对这件事有什么意见、建议？', from: '户代表', until: '7d' },
  },
  deliberate: { about: '开会商议，形成结论', search: 'sy' },
  ballot: {
    about: '按名册投票，算出通过没有',
    search: 'pj',
    settings: {
      meeting: '村民代表会议', roll: '村民代表', also: '村委会成员',
      quorum: '至少 2/3 组成人员', majority: '超过 1/2 到会组成人员',
    },
  },
  notice: { about: '张贴若干天，听取反馈', search: 'gs', settings: { days: '7d' } },
  assess: {
    about: '打分评价，算满意率',
    search: 'cp',
    settings: { from: '户代表', pass: '至少 3/5 收回票', until: '7d' },
  },
};

const event = (type, trigger) => ({
  type: `bpmn:${type}`,
  ...(trigger && { eventDefinitionType: `bpmn:${trigger}EventDefinition` }),
});

/** name → what it is called, shown as, and made of. */
export const ELEMENTS = {
  ...Object.fromEntries(Object.entries(STEPS).map(([kind, { settings, ...words }]) => [kind, {
    ...words, group: 'step', title: KINDS[kind].title, named: KINDS[kind].title, picture: iconOf(kind),
    target: { type: 'bpmn:UserTask' }, settings: { kind, ...settings },
  }])),
  start: {
    group: 'event', title: '开始', about: '有人发起，办件从这里开始', search: 'ks',
    icon: 'start-event-none', target: event('StartEvent'),
  },
  end: {
    group: 'event', title: '结束', about: '走到这里就办完了', search: 'js',
    icon: 'end-event-none', target: event('EndEvent'),
  },
  timer: {
    group: 'event', title: '定时', about: '等一段时间；放在步骤的边上就是到期', search: 'ds',
    icon: 'intermediate-event-catch-timer', target: event('IntermediateCatchEvent', 'Timer'), waits: '7d',
  },
  message: {
    group: 'event', title: '等消息', about: '等别的流程发来消息', search: 'dxx',
    icon: 'intermediate-event-catch-message', target: event('IntermediateCatchEvent', 'Message'),
  },
  send: {
    group: 'event', title: '发消息', about: '告诉别的流程', search: 'fxx',
    icon: 'intermediate-event-throw-message', target: event('IntermediateThrowEvent', 'Message'),
  },
  stage: {
    group: 'event', title: '阶段', about: '标明走到哪一阶段，不用人办', search: 'jd',
    icon: 'intermediate-event-none', target: event('IntermediateThrowEvent'),
  },
  exclusive: {
    group: 'branch', title: '选一条', about: '按条件只走一条', search: 'xyt fz',
    icon: 'gateway-xor', target: { type: 'bpmn:ExclusiveGateway' },
  },
  parallel: {
    group: 'branch', title: '同时走', about: '几条一起走，都到齐再往下', search: 'tsz bx',
    icon: 'gateway-parallel', target: { type: 'bpmn:ParallelGateway' },
  },
  inclusive: {
    group: 'branch', title: '走几条', about: '符合条件的都走', search: 'zjt br',
    icon: 'gateway-or', target: { type: 'bpmn:InclusiveGateway' },
  },
  eventual: {
    group: 'branch', title: '先到先走', about: '后面几件事，哪件先发生走哪条', search: 'xdxz',
    icon: 'gateway-eventbased', target: { type: 'bpmn:EventBasedGateway' },
  },
  part: {
    group: 'part', title: '子流程', about: '把几步框在一起', search: 'zlc',
    icon: 'subprocess-expanded', target: { type: 'bpmn:SubProcess', isExpanded: true },
  },
  call: {
    group: 'part', title: '调用流程', about: '到这里办另一个流程，办完回来', search: 'dylc',
    icon: 'call-activity', target: { type: 'bpmn:CallActivity' },
  },
  lane: {
    group: 'part', title: '泳道', about: '一条写一个岗位：谁来办', search: 'yd', icon: 'lane-insert-below', alone: true,
  },
  pool: {
    group: 'part', title: '泳池', about: '一个流程一个泳池；再画一个，由这个调用', search: 'yc',
    icon: 'participant', alone: true,
  },
  note: {
    group: 'part', title: '文字说明', about: '写在图上的话，不影响办理', search: 'wzsm',
    icon: 'text-annotation', target: { type: 'bpmn:TextAnnotation' }, alone: true,
  },
};

const border = (trigger) => ({ ...event('BoundaryEvent', trigger), cancelActivity: true });

/** What may happen while a step is being done: drawn on its border, and another way leads on from there. */
export const BORDERS = {
  due: {
    group: 'border', title: '到期时', about: '到时间还没有办完，走另一条', search: 'dq',
    icon: 'intermediate-event-catch-timer', target: border('Timer'), waits: '7d',
  },
  told: {
    group: 'border', title: '收到消息时', about: '别的流程发来消息，走另一条', search: 'sdxx',
    icon: 'intermediate-event-catch-message', target: border('Message'),
  },
  failed: {
    group: 'border', title: '报错时', about: '里面报了错误，走另一条', search: 'bc', composed: true,
    icon: 'intermediate-event-catch-error', target: border('Error'),
  },
};

/** The shape of an element that has not been put anywhere yet. */
export function make(name, elementFactory, bpmnFactory) {
  const { target, named, settings, waits } = ELEMENTS[name] ?? BORDERS[name];
  const timeDuration = waits && bpmnFactory.create('bpmn:FormalExpression', { body: waits });
  return elementFactory.createShape({
    ...target,
    businessObject: objectOf(target, named, settings, bpmnFactory),
    ...(waits && { eventDefinitionAttrs: { timeDuration } }),
  });
}

function objectOf({ type }, name, settings, bpmnFactory) {
  const object = bpmnFactory.create(type, name ? { name } : {});
  if (settings) {
    object.extensionElements = extensionOf(bpmnFactory, settings);
    object.extensionElements.$parent = object;
  }
  return object;
}

/** The markup of its picture, for the palette and the menus. */
export function pictureFor({ picture, icon }) {
  return picture ?? `<span class="bpmn-icon-${icon}" aria-hidden="true"></span>`;
}

const COMMON = ['key', 'due', 'clauses', 'who', 'not_who', 'recorder']; // mean the same whatever the kind

/** What changes when a step with these settings becomes one of this kind. */
export function settingsFor(kind, settings) {
  const gone = Object.keys(settings).filter((name) => !COMMON.includes(name));
  return { ...Object.fromEntries(gone.map((name) => [name, undefined])), ...ELEMENTS[kind].settings };
}
