// A step's result under another name: everything in the drawing that reads it is changed with it.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

import { settingsOf } from '../properties.js';

// Texts and the fields of a result are no names, but must be stepped over.
const TOKEN = /"[^"]*"|“[^”]*”|'[^']*'|\.\s*[\p{L}_][\p{L}\p{N}_]*|[\p{L}_][\p{L}\p{N}_]*/gu;
const BRACED = ['who', 'motions', 'candidates', 'handlers', 'seats', 'due'];
const NAMED = ['shows', 'of', 'not_who', 'payload'];

/** The places that read `before`: each can `write` what stands there with another name. */
export function readersOf(elementRegistry, before) {
  return elementRegistry
    .filter((element) => !element.labelTarget)
    .flatMap((element) => [
      ...inSettings(element, before),
      ...inExpressions(element, before),
      ...inLists(element, before),
    ]);
}

function inSettings(element, before) {
  return Object.entries(settingsOf(element)).flatMap(([setting, text]) => {
    const after = (name) =>
      BRACED.includes(setting)
        ? braced(text, before, name)
        : NAMED.includes(setting)
          ? listed(text, before, name)
          : text;
    return after(`${before}_`) === text
      ? []
      : [{ element, write: (name, editing) => editing.set(element, { [setting]: after(name) }) }];
  });
}

function inExpressions(element, before) {
  const object = getBusinessObject(element);
  const loop = object.loopCharacteristics;
  const holders = [
    object.conditionExpression,
    loop?.completionCondition,
    loop?.loopCondition,
    loop?.loopCardinality,
    ...(object.eventDefinitions ?? []).map(({ condition }) => condition),
  ].filter((holder) => holder?.body);
  return holders
    .filter((holder) => free(holder.body, before, `${before}_`) !== holder.body)
    .map((holder) => ({
      element,
      write: (name, editing) => editing.part(element, holder, { body: free(holder.body, before, name) }),
    }));
}

/** The name of a list somebody does a step for each item of stands on a data object of its own. */
function inLists(element, before) {
  const data = getBusinessObject(element).loopCharacteristics?.loopDataInputRef;
  if (!data?.name || free(data.name, before, `${before}_`) === data.name) return [];
  return [{ element, write: (name, editing) => editing.part(element, data, { name: free(data.name, before, name) }) }];
}

function free(text, before, name) {
  return text.replace(TOKEN, (token) => (token === before ? name : token));
}

function braced(text, before, name) {
  return text.replace(/\{([^{}]*)\}/g, (_, inside) => `{${free(inside, before, name)}}`);
}

function listed(text, before, name) {
  return text.replace(/\{[^{}]*\}|\S+/g, (word) =>
    word.startsWith('{') ? braced(word, before, name) : word === before ? name : word,
  );
}
