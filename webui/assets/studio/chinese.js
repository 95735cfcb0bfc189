// Chinese for bpmn-js and its companions: bpmn-js-i18n's, and over it ours, in the words of the palette.
import zn from 'bpmn-js-i18n/translations/zn';

const events = {
  message: '消息', timer: '定时', signal: '信号', error: '错误', escalation: '上报', conditional: '条件', link: '链接',
  terminate: '终止', compensation: '补偿', cancel: '取消',
};

function eventNames() {
  const names = {};
  for (const [english, chinese] of Object.entries(events)) {
    const [first, rest] = [english[0].toUpperCase(), english.slice(1)];
    Object.assign(names, {
      [`${first}${rest} start event`]: `${chinese}开始`,
      [`${first}${rest} start event (non-interrupting)`]: `${chinese}开始（不打断）`,
      [`${first}${rest} intermediate catch event`]: `等${chinese}`,
      [`${first}${rest} intermediate throw event`]: `发${chinese}`,
      [`${first}${rest} boundary event`]: `${chinese}（打断这一步）`,
      [`${first}${rest} boundary event (non-interrupting)`]: `${chinese}（不打断）`,
      [`${first}${rest} end event`]: `${chinese}结束`,
    });
  }
  return names;
}

export const dictionary = {
  ...zn,
  ...eventNames(),
  'Timer intermediate catch event': '定时',
  'Conditional intermediate catch event': '等条件成立',
  'Terminate end event': '全部终止',
  'Start event': '开始',
  'End event': '结束',
  'Intermediate throw event': '阶段',
  'Boundary event': '边上的事件',
  'Exclusive gateway': '选一条',
  'Parallel gateway': '同时走',
  'Inclusive gateway': '走几条',
  'Event-based gateway': '先到先走',
  'Sub-process': '子流程',
  'Sub-process (collapsed)': '子流程（收起）',
  'Sub-process (expanded)': '子流程（展开）',
  'Event sub-process': '事件子流程',
  'Call activity': '调用流程',
  'User task': '步骤',
  Task: '步骤',
  'Sequence flow': '普通连线',
  'Default flow': '其余情况走这条',
  'Conditional flow': '有条件的连线',
  'Expanded pool/participant': '展开的泳池',
  'Empty pool/participant': '空的泳池',
  'Empty pool/participant (removes content)': '空的泳池（里面的内容会删去）',
  'Participant multiplicity': '有几个这样的参与者',
  'Parallel multi-instance': '每人（每项）一份，同时办',
  'Sequential multi-instance': '每人（每项）一份，挨个办',
  Loop: '重复办',
  Collection: '多份',
  'Toggle non-interrupting': '发生时不打断正在办的步骤',
  'Select an element to edit its properties.': '点图上的步骤、连线或泳道，就在这里设置它。',
  'Multiple elements selected. Select a single element to edit its properties.': '选了好几个。只选一个，就能在这里设置它。',
  'Toggle section': '展开或收起',
  'Section contains edits': '有内容',
  'Section contains an error': '有问题',
  'Change element': '换成',
  'Change type': '换成',
  'Append {type}': '接{type}',
  'Add lane above': '上面加一条泳道',
  'Add lane below': '下面加一条泳道',
  'Divide into two lanes': '分成两条泳道',
  'Divide into three lanes': '分成三条泳道',
  'Add text annotation': '加文字说明',
  'Connect to other element': '连线到',
  'Connect using association': '连到',
  'Connect using data input association': '连到',
  'Connect using sequence/message flow or association': '连线到',
  Delete: '删除',
  Remove: '删除',
  'Open {element}': '打开{element}',
  'Search in diagram': '查找',
  'Align elements': '对齐',
  'Align elements left': '左对齐',
  'Align elements center': '左右居中',
  'Align elements right': '右对齐',
  'Align elements top': '上对齐',
  'Align elements middle': '上下居中',
  'Align elements bottom': '下对齐',
  'Distribute elements horizontally': '左右等距',
  'Distribute elements vertically': '上下等距',
  'Issues for child elements': '里面的步骤',
  'Toggle linting overlays': '显示或隐藏检查结果',
  '{errors} Errors, {warnings} Warnings': '{errors} 处要改，{warnings} 处提示',
  'No Issues': '没有要改的',
  'flow elements must be children of pools/participants': '步骤要画在泳池里面',
  'Data object must be placed within a pool/participant.': '数据要画在泳池里面',
  'element is not a child of a pool/participant': '步骤要画在泳池里面',
};

/** What a piece of English is called here; itself where nobody has said so. */
export function translate(text, replacements = {}) {
  return (dictionary[text] ?? text).replace(/{([^}]+)}/g, (_, key) => replacements[key] ?? `{${key}}`);
}

export const chinese = { translate: ['value', translate] };
