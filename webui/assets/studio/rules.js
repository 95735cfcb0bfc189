// What the drawing board itself lets nobody draw: what could only be refused afterwards.
import RuleProvider from 'diagram-js/lib/features/rules/RuleProvider';
import { is } from 'bpmn-js/lib/util/ModelUtil';

const BEFORE_BPMN_JS = 2000;

export class DrawingRules extends RuleProvider {
  constructor(eventBus, bpmnRules) {
    super(eventBus);
    this.bpmnRules = bpmnRules;
  }

  init() {
    // On the border of a step something must happen: an event without a trigger would wait there for ever.
    this.addRule('shape.attach', BEFORE_BPMN_JS, ({ shape }) => (idle(shape) ? false : undefined));
    this.addRule('elements.move', BEFORE_BPMN_JS, ({ shapes, target, position }) => {
      if (shapes.length !== 1 || !target || !idle(shapes[0])) return undefined;
      return this.bpmnRules.canAttach(shapes, target, null, position) === 'attach' ? false : undefined;
    });
  }
}
DrawingRules.$inject = ['eventBus', 'bpmnRules'];

function idle(shape) {
  return is(shape, 'bpmn:IntermediateThrowEvent') && !shape.businessObject.eventDefinitions?.length;
}
