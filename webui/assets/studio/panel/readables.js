// What a condition or a setting may read at one place: asked of the server, for the drawing as it is now.
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { ask } from '../server.js';

export class Readables {
  constructor(bpmnjs, eventBus, catalogue) {
    Object.assign(this, { bpmnjs, catalogue });
    this.known = new Map(); // element id → promise of the answer, for the drawing as it is
    eventBus.on(['elements.changed', 'import.done', 'propertiesPanel.providersChanged'], () => this.known.clear());
  }

  /** What can be read where the element stands. Throws Refused. */
  at(element) {
    if (!this.known.has(element.id)) {
      const asked = this.post(element).then(({ results }) => results);
      asked.catch(() => this.known.delete(element.id)); // next time it is asked again
      this.known.set(element.id, asked);
    }
    return this.known.get(element.id);
  }

  /** What is wrong with an expression there, in words; null where nothing is. Throws Refused. */
  async problem(element, text) {
    return (await this.post(element, text)).problem;
  }

  async post(element, text) {
    const { xml } = await this.bpmnjs.saveXML();
    return ask('POST', `${this.catalogue.path}/names`, { xml, element: element.id, ...(text && { text }) });
  }
}
Readables.$inject = ['bpmnjs', 'eventBus', 'catalogue'];

/** `{ results, why }`: results are null while they are being fetched; why tells what went wrong. */
export function useReadables(element) {
  const readables = useService('readables');
  const [found, setFound] = useState({ results: null, why: '' });
  useEffect(() => {
    let wanted = true;
    readables
      .at(element)
      .then((results) => wanted && setFound({ results, why: '' }))
      .catch((refused) => wanted && setFound({ results: [], why: refused.message }));
    return () => {
      wanted = false;
    };
  }, [element, readables.known.get(element.id)]);
  return found;
}
