// Every change the panel makes to the drawing, each one step of 撤销.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

import { changeSettings, settingsOf } from '../properties.js';

export class Editing {
  constructor(modeling, bpmnFactory, commandStack, elementRegistry) {
    Object.assign(this, { modeling, bpmnFactory, commandStack, elementRegistry });
  }

  /** Whether it is still drawn: what is typed is taken over late, perhaps after the element was deleted. */
  has(element) {
    return this.elementRegistry.get(element.id) === element;
  }

  settings(element) {
    return settingsOf(element);
  }

  /** Changes settings by name; an empty text takes one away. Changes nothing where nothing is different. */
  set(element, changes) {
    const before = settingsOf(element);
    if (this.has(element) && Object.entries(changes).some(([name, value]) => (before[name] ?? '') !== (value ?? ''))) {
      changeSettings(this.modeling, this.bpmnFactory, element, changes);
    }
  }

  name(element, text) {
    if (this.has(element) && (getBusinessObject(element).name ?? '') !== text) this.modeling.updateLabel(element, text);
  }

  update(element, properties) {
    if (this.has(element)) this.modeling.updateProperties(element, properties);
  }

  /** Changes something that belongs to the element but is not drawn, such as its timer. */
  part(element, object, properties) {
    if (this.has(element)) this.modeling.updateModdleProperties(element, object, properties);
  }

  create(type, properties, parent) {
    const object = this.bpmnFactory.create(type, properties);
    if (parent) object.$parent = parent;
    return object;
  }

  /** Several changes as one. */
  together(action) {
    this.commandStack.execute('studio.together', { action });
  }

  guidance(element) {
    return (getBusinessObject(element).documentation ?? []).map(({ text }) => text ?? '').join('\n\n');
  }

  setGuidance(element, text) {
    if (text === this.guidance(element)) return;
    const object = getBusinessObject(element);
    const documentation = text ? [this.create('bpmn:Documentation', { text }, object)] : [];
    this.update(element, { documentation });
  }
}
Editing.$inject = ['modeling', 'bpmnFactory', 'commandStack', 'elementRegistry'];
