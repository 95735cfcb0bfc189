// Puts a new element into the drawing: drawn with the mouse, behind a step, or where there is room.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { isExpanded } from 'bpmn-js/lib/util/DiUtil';
import { getBBox } from 'diagram-js/lib/util/Elements';

import { ELEMENTS, make } from './elements.js';

const BUTTONS = 60; // pixels the first buttons beside an element take: they stay in sight
const MENU = 600; // pixels a menu takes, as modeler.css bounds it, with the logo below it uncovered
const HEAD = 60; // the heads of a pool and its lane, where their names stand
const SPACING = 40; // of what hangs on one border
const GAP = 60; // between what is drawn and what is put beside it

export class Placing {
  constructor(injector) {
    this.get = (name) => injector.get(name);
    this.fresh = new WeakSet(); // pools somebody is putting down: each gets its first lane
  }

  /** What `create.start` and `autoPlace` need: one shape, or several that belong together. */
  shapes(name) {
    if (name === 'lane' || name === 'pool') return [this.pool()];
    const shape = make(name, this.get('elementFactory'), this.get('bpmnFactory'));
    if (name !== 'part') return [shape];
    const start = make('start', this.get('elementFactory'), this.get('bpmnFactory'));
    return [Object.assign(shape, { x: 0, y: 0 }), Object.assign(start, { x: 40, y: 82, parent: shape })];
  }

  /** A pool for a drawing that has none; around what is there it takes in everything. */
  pool() {
    const shape = this.get('elementFactory').createParticipantShape();
    const root = this.get('canvas').getRootElement();
    const name = (is(root, 'bpmn:Process') && root.businessObject.name) || '新的流程';
    shape.businessObject.name = name;
    Object.assign(shape.businessObject.processRef, { name, isExecutable: true });
    this.fresh.add(shape);
    return shape;
  }

  /** Follows the mouse until it is put down. */
  drag(name, event, source) {
    if (name === 'lane' && this.pools().length) {
      this.putLane(this.get('selection').get()[0]);
      return;
    }
    const [shape, ...inside] = this.shapes(name);
    const context = { ...(inside.length && { hints: { autoSelect: [shape] } }), ...(source && { source }) };
    this.get('create').start(event, inside.length ? [shape, ...inside] : shape, context);
  }

  /** Behind a step, with a line from it. Returns the new element. */
  append(name, source) {
    const made = this.appended(name, source);
    const [before, ...more] = source.outgoing.filter((each) => is(each, 'bpmn:SequenceFlow') && each.target !== made);
    const forks = before && !more.length && !is(source, 'bpmn:Gateway') && this.continues(made);
    if (forks) this.get('eventBus').fire('studio.forked', { source, made, before });
    return made;
  }

  /** What followed the source follows the new element instead. */
  insert({ source, made, before }) {
    if (before.source !== source || !made.parent) return; // undone, or led elsewhere, by now
    const { x, y, width, height } = made;
    this.get('modeling').reconnectStart(before, made, { x: x + width / 2, y: y + height / 2 });
  }

  appended(name, source) {
    const [shape, ...inside] = this.shapes(name);
    if (!inside.length) return this.get('autoPlace').append(source, shape);
    this.get('commandStack').execute('studio.together', { action: () => {
      const made = this.get('autoPlace').append(source, shape);
      const middle = ({ x, y, width, height }) => ({ x: made.x + x + width / 2, y: made.y + y + height / 2 });
      for (const each of inside) this.get('modeling').createShape(each, middle(each), made);
    } });
    return shape;
  }

  /** On the border of a step, beside what hangs there already. */
  attach(name, host) {
    const shape = make(name, this.get('elementFactory'), this.get('bpmnFactory'));
    const taken = (host.attachers ?? []).length;
    const at = { x: host.x + host.width - SPACING * (taken + 0.5), y: host.y + host.height };
    const made = this.get('modeling').createShape(shape, { ...at, x: Math.max(host.x, at.x) }, host, { attach: true });
    this.get('selection').select(made);
    return made;
  }

  /** Without a mouse: behind what is selected where a line may go there, else below everything in the same pool. */
  put(name) {
    const [selected] = this.get('selection').get();
    if (name === 'lane') return this.putLane(selected);
    if (name === 'pool') return this.putPool();
    const follows = !ELEMENTS[name].alone && name !== 'start';
    if (selected && follows && this.continues(selected)) return this.append(name, selected);
    const [shape, ...inside] = this.shapes(name);
    const parent = this.room(selected);
    const placed = this.get('modeling').createElements([shape, ...inside], this.free(parent, shape), parent)[0];
    this.get('selection').select(placed);
    this.get('canvas').scrollToElement(placed, 80);
    return placed;
  }

  /** Where a menu opens: beside this element, in the window's pixels. */
  beside(element) {
    const canvas = this.get('canvas');
    const [box, frame] = [canvas.getAbsoluteBBox(element), canvas.getContainer().getBoundingClientRect()];
    const x = Math.min(frame.left + box.x + box.width + 8, frame.right - BUTTONS);
    return { x, y: Math.max(frame.top, Math.min(frame.top + box.y + BUTTONS, window.innerHeight - MENU)) };
  }

  /** Whether something may follow this element. */
  continues(element) {
    return is(element, 'bpmn:FlowNode') && !is(element, 'bpmn:EndEvent') && !element.businessObject.triggeredByEvent
      && !element.labelTarget;
  }

  putLane(selected) {
    const pool = this.poolOf(selected) ?? this.pools()[0];
    if (pool) return this.get('modeling').addLane(is(selected, 'bpmn:Lane') ? selected : pool, 'bottom');
    return this.putPool();
  }

  /** Around what is drawn, where there is no pool yet; else below what is there. */
  putPool() {
    const root = this.get('canvas').getRootElement();
    const shape = this.pool();
    const drawn = root.children.filter((each) => each.width);
    const { x, y, width, height } = drawn.length ? getBBox(drawn) : this.middle(shape);
    const around = { x: x - HEAD - GAP / 2, y: y - GAP, width: width + HEAD + GAP, height: height + 2 * GAP };
    const place = !drawn.length || this.pools().length
      ? { x, y: y + (drawn.length ? height + GAP / 2 : 0), width: Math.max(shape.width, width), height: shape.height }
      : around;
    const made = this.get('modeling').createShape(shape, place, root);
    this.get('selection').select(made);
    return made;
  }

  /** The middle of a place of this size below everything. */
  below(width, height) {
    const drawn = this.get('canvas').getRootElement().children.filter((each) => each.width);
    const around = drawn.length ? getBBox(drawn) : { x: 0, y: 0, height: 0 };
    return { x: around.x + width / 2, y: around.y + around.height + GAP / 2 + height / 2 };
  }

  middle({ width, height }) {
    const seen = this.get('canvas').viewbox();
    return { x: seen.x + (seen.width - width) / 2, y: seen.y + (seen.height - height) / 2, width, height };
  }

  pools() {
    return this.get('elementRegistry').filter((each) => is(each, 'bpmn:Participant') && isExpanded(each));
  }

  poolOf(element) {
    for (let each = element; each; each = each.parent) if (is(each, 'bpmn:Participant')) return each;
    return undefined;
  }

  room(selected) {
    for (let each = selected; each; each = each.parent) {
      if (is(each, 'bpmn:Participant') || (is(each, 'bpmn:SubProcess') && isExpanded(each))) return each;
    }
    return this.pools()[0] ?? this.get('canvas').getRootElement();
  }

  /** The middle of a place where nothing lies yet: behind the last one drawn in this parent. */
  free(parent, shape) {
    const inside = (parent.children ?? []).filter((each) => each.width && !is(each, 'bpmn:Lane'));
    const end = (each) => each.x + each.width;
    const last = inside.reduce((most, each) => (!most || end(each) > end(most) ? each : most), null);
    if (last) return { x: last.x + last.width + GAP + shape.width / 2, y: last.y + last.height / 2 };
    if (parent.width) return { x: parent.x + GAP + 30 + shape.width / 2, y: parent.y + parent.height / 2 };
    const { x, y, width, height } = this.get('canvas').viewbox();
    return { x: x + width / 2, y: y + height / 2 };
  }
}
Placing.$inject = ['injector'];
