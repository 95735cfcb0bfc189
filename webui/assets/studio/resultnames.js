// Conditions read a step's results under a name. What is drawn here gets one that people can read: the step's own.
import { is } from 'bpmn-js/lib/util/ModelUtil';

import { readersOf } from './panel/renaming.js';
import { settingsOf } from './properties.js';

const LONGEST = 20;
const ROOT = /(?<=^(?:len\()?)[\p{L}_][\p{L}\p{N}_]*(?=\.)/u; // of `step.result` or `len(step.result)`

export class ResultNames {
  constructor(eventBus, elementRegistry, catalogue, editing) {
    Object.assign(this, { elementRegistry, catalogue, editing });
    this.given = new WeakMap(); // to what was drawn since the page opened: nothing outside the drawing reads it yet
    const after = (command, action) =>
      eventBus.on(`commandStack.${command}.postExecuted`, ({ context }) => action(context));
    after('shape.create', ({ shape }) => { if (nameless(shape)) this.name(shape); });
    after('elements.create', ({ elements }) => {
      for (const each of elements) if (this.isCopy(each)) this.name(each);
    });
    after('element.updateLabel', ({ element }) => this.follow(element.labelTarget ?? element));
  }

  /** A name that people can make something of, and nobody else has; none where the step has no such name. */
  fresh(step) {
    const words = (step.businessObject.name ?? '').replace(/[^\p{L}\p{N}_]/gu, '');
    const plain = words.replace(/^[\p{N}_]+/u, '').slice(0, LONGEST);
    if (!/[^\x00-\x7f]/.test(plain)) return ''; // a Latin word may be one of the expressions' own
    const taken = this.taken(step);
    let name = plain;
    for (let number = 2; taken.has(name); number += 1) name = `${plain}${number}`;
    return name;
  }

  /** The names of all the other results, of the lists' items, and of the parameters. */
  taken(step) {
    const others = this.elementRegistry.filter((each) => each !== step && !each.labelTarget);
    const loops = others.map(({ businessObject }) => businessObject.loopCharacteristics).filter(Boolean);
    return new Set([
      ...others.map((each) => settingsOf(each).key),
      ...loops.flatMap((loop) => [loop.inputDataItem?.name, loop.outputDataItem?.name]),
      ...this.catalogue.parameters().map(({ name }) => name),
    ]);
  }

  name(step) {
    const name = this.fresh(step);
    if (!name) return;
    const given = this.given.get(step.businessObject) ?? new Set();
    this.given.set(step.businessObject, given.add(name));
    this.editing.set(step, { key: name });
  }

  /** A copy that was put in beside its original. */
  isCopy(element) {
    const { key } = settingsOf(element);
    return Boolean(key) && !element.labelTarget && this.taken(element).has(key);
  }

  /** Named anew, as long as nobody has chosen another: all that reads it in the drawing goes with it. */
  follow(step) {
    const before = settingsOf(step).key;
    if (this.given.get(step.businessObject)?.has(before)) this.rename(step, before);
  }

  rename(step, before) {
    const readers = readersOf(this.elementRegistry, before);
    this.name(step);
    const { key } = settingsOf(step);
    if (key && key !== before) for (const { write } of readers) write(key, this.editing);
  }

  /** Rows of a condition: a step of another tool that nobody has read yet gets its name now. */
  readable({ rows, ...rest }) {
    for (const { path } of rows) {
      const step = this.stepOf(path);
      if (step && nameless(step)) this.rename(step, step.id);
    }
    return { ...rest, rows: rows.map((row) => ({ ...row, path: this.current(row.path) })) };
  }

  /** The path to a result as it is now, where the step was known by its number in the file. */
  current(path) {
    const step = this.stepOf(path);
    return path.replace(ROOT, (root) => (step && settingsOf(step).key) || root);
  }

  stepOf(path) {
    return this.elementRegistry.get(path.match(ROOT)?.[0]);
  }
}
ResultNames.$inject = ['eventBus', 'elementRegistry', 'catalogue', 'editing'];

function nameless(shape) {
  const { kind, key } = settingsOf(shape);
  return is(shape, 'bpmn:UserTask') && Boolean(kind) && !key;
}
