/** @jsxImportSource @bpmn-io/properties-panel/preact */
// A flow: in what case it is taken.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { useService } from 'bpmn-js-properties-panel';

import { ConditionBox } from './condition.jsx';
import { Field, Note, Tick } from './field.jsx';

/** Whether it can have a condition: one of several out of a node that chooses. */
export function isChosen({ source }) {
  if (!source || is(source, 'bpmn:ParallelGateway') || is(source, 'bpmn:EventBasedGateway')) return false;
  const chooses = is(source, 'bpmn:ExclusiveGateway') || is(source, 'bpmn:InclusiveGateway');
  return (chooses || is(source, 'bpmn:Activity')) && source.businessObject.outgoing?.length > 1;
}

export function ConditionEntry({ id, element }) {
  const editing = useService('editing');
  const flow = element.businessObject;
  const source = element.source.businessObject;
  const isDefault = source.default === flow;
  const setDefault = (on) =>
    editing.together(() => {
      if (on && flow.conditionExpression) editing.update(element, { conditionExpression: undefined });
      editing.update(element.source, { default: on ? flow : undefined });
    });
  const put = (body) => {
    const conditionExpression = body ? editing.create('bpmn:FormalExpression', { body }, flow) : undefined;
    editing.update(element, { conditionExpression });
  };
  const value = (flow.conditionExpression?.body ?? '').trim();
  return (
    <Field
      id={id}
      label="什么情况下走这条"
      must={!isDefault && !value}
      help={isDefault ? '别的线的条件都不满足时，走这条' : ''}
    >
      <Tick id={`${id}-default`} checked={isDefault} commit={setDefault}>
        其余情况都走这条
      </Tick>
      {isDefault ? (
        <Note>{source.name ? `“${source.name}”的其余情况` : ''}</Note>
      ) : (
        <ConditionBox id={id} element={element} title="条件" value={value} commit={put} />
      )}
    </Field>
  );
}
