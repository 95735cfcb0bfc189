// The settings of a step: `spiffworkflow:properties` in its extension elements, read and written by name.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

/** The settings of an element, or of a business object: name → text. */
export function settingsOf(element) {
  return Object.fromEntries((holder(element)?.values ?? []).map(({ name, value }) => [name, value ?? '']));
}

/** New extension elements with these settings, for an element that is being made. */
export function extensionOf(bpmnFactory, settings) {
  const values = entries(bpmnFactory, settings);
  const properties = bpmnFactory.create('spiffworkflow:Properties', { values });
  return bpmnFactory.create('bpmn:ExtensionElements', { values: [properties] });
}

/** Changes settings of an element, one undoable step; an empty or missing value takes the setting away. */
export function changeSettings(modeling, bpmnFactory, element, changes) {
  const object = getBusinessObject(element);
  const settings = { ...settingsOf(element), ...changes };
  const kept = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''));
  const others = (object.extensionElements?.values ?? []).filter((each) => each.$type !== 'spiffworkflow:Properties');
  const own = Object.keys(kept).length
    ? [bpmnFactory.create('spiffworkflow:Properties', { values: entries(bpmnFactory, kept) })]
    : [];
  const values = [...others, ...own];
  const extensionElements = values.length ? bpmnFactory.create('bpmn:ExtensionElements', { values }) : undefined;
  if (extensionElements) extensionElements.$parent = object;
  for (const each of values) each.$parent = extensionElements;
  modeling.updateProperties(element, { extensionElements });
}

function holder(element) {
  const object = getBusinessObject(element);
  return (object.extensionElements?.values ?? []).find((each) => each.$type === 'spiffworkflow:Properties');
}

function entries(bpmnFactory, settings) {
  return Object.entries(settings).map(([name, value]) => bpmnFactory.create('spiffworkflow:Property', { name, value }));
}
