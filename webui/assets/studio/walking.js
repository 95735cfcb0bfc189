// Walking through the drawing without a mouse: along the flow, then what nothing leads to, then lanes and pools.
import { is } from 'bpmn-js/lib/util/ModelUtil';

import { BORDERS, ELEMENTS } from './elements.js';
import { settingsOf } from './properties.js';

/** Everything on the open plane in the order of a walk. A line is a stop of its own where several lead away. */
export function walk(modeler) {
  const root = modeler.get('canvas').getRootElement();
  const all = descendants(root).filter((each) => !each.labelTarget && !each.hidden);
  const frames = all.filter((each) => is(each, 'bpmn:Participant') || is(each, 'bpmn:Lane'));
  const nodes = all.filter((each) => is(each, 'bpmn:FlowNode')).sort(readingOrder);
  const inside = new Map(); // what stands in a sub-process, or on its border
  for (const node of nodes) {
    const around = node.host ?? node.parent;
    if (!inside.has(around)) inside.set(around, []);
    inside.get(around).push(node);
  }
  const order = [];
  const seen = new Set(frames);
  const visit = (first) => {
    const ahead = [first]; // a stack of its own: a long drawing is deeper than a script's
    while (ahead.length) {
      const node = ahead.pop();
      if (seen.has(node)) continue;
      seen.add(node);
      order.push(node);
      const flows = node.outgoing.filter((flow) => is(flow, 'bpmn:SequenceFlow'));
      if (flows.length > 1) for (const flow of flows) if (!seen.has(flow)) order.push(flow) && seen.add(flow);
      ahead.push(...[...(inside.get(node) ?? []), ...flows.map((flow) => flow.target)].reverse());
    }
  };
  nodes.filter((node) => !node.incoming.length && !node.host && !is(node.parent, 'bpmn:SubProcess')).forEach(visit);
  nodes.forEach(visit);
  const others = all.filter((each) => !seen.has(each) && (each.width || is(each, 'bpmn:MessageFlow')));
  return [...order, ...others, ...frames];
}

/** What an element is, for somebody who hears it. */
export function spoken(element) {
  const object = element.businessObject;
  const lane = object.lanes?.[0]?.name;
  const names = [kindOf(element), object.name || '还没有名称', lane && `泳道 ${lane}`];
  if (element.waypoints) names.push(`从 ${nameOf(element.source)} 到 ${nameOf(element.target)}`);
  return names.filter(Boolean).join('，');
}

const nameOf = (element) => element.businessObject.name || kindOf(element);

export function kindOf(element) {
  const { kind } = settingsOf(element);
  if (is(element, 'bpmn:UserTask') && ELEMENTS[kind]) return ELEMENTS[kind].title;
  if (is(element, 'bpmn:Participant')) return '泳池';
  if (is(element, 'bpmn:Lane')) return '泳道';
  if (is(element, 'bpmn:SequenceFlow')) return '连线';
  const trigger = element.businessObject.eventDefinitions?.[0]?.$type;
  const same = ({ target }) => target?.type === element.type && target.eventDefinitionType === trigger;
  const known = Object.values({ ...ELEMENTS, ...BORDERS }).find((each) => each.group !== 'step' && same(each));
  if (known) return known.title;
  return is(element, 'bpmn:Activity') ? '步骤' : is(element, 'bpmn:Event') ? '事件' : '图形';
}

function descendants(parent) {
  return (parent.children ?? []).flatMap((each) => [each, ...descendants(each)]);
}

function readingOrder(a, b) {
  return a.x - b.x || a.y - b.y;
}
