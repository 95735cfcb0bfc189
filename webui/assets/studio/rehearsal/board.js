// The diagram of a rehearsal: where tokens stand, the way they have just come, what has been passed.
import Animation from 'bpmn-js-token-simulation/lib/animation/Animation';

import { mark, openViewer, showWhole } from '../view.js';

const SPEED = 1.6;
const READABLE = 0.9; // below this names cannot be read: it goes on where the matter stands, 全图 shows the whole
const EDGE = 24; // of empty paper around the drawing
const MOST = 14; // flows a token is seen to go along; of a longer way only the end
const COLORS = { primary: '#8c2f1b', auxiliary: '#ffffff' };

// Token simulation's own animation, moved by what the real engine did: its simulator, and the parts that need one, stay
// out. Its token counts are not used, for they vanish as soon as a drawing is shown at less than half its size, which a
// diagram of sixty steps always is.
const animated = { animation: ['type', Animation], scopeFilter: ['value', { isShown: () => true }] };

export class Board {
  static async open(container, xml, onTask) {
    const viewer = await openViewer(container, xml, [animated]);
    return new Board(viewer, onTask);
  }

  constructor(viewer, onTask) {
    Object.assign(this, { viewer, turn: 0, overlays: [], whole: false });
    viewer.get('animation').setAnimationSpeed(SPEED);
    viewer.get('eventBus').on('element.click', ({ element }) => onTask((element.labelTarget ?? element).id));
    new ResizeObserver(() => viewer.get('canvas').resized()).observe(viewer.get('canvas').getContainer());
  }

  /** Shows a scene; `moving`: the token is seen to go there. */
  async show(scene, moving) {
    const turn = (this.turn += 1);
    const open = scene.tasks.map(({ element }) => element);
    this.viewer.get('animation').clearAnimations();
    this.clear();
    mark(this.viewer, scene.visited, 'rehearsal-passed');
    mark(this.viewer, [], 'rehearsal-present');
    if (moving && !matchMedia('(prefers-reduced-motion: reduce)').matches) await this.move(scene.taken, turn);
    if (turn !== this.turn) return; // something else has happened meanwhile
    mark(this.viewer, Object.keys(scene.positions), 'rehearsal-present');
    for (const [element, many] of Object.entries(scene.positions)) this.stand(element, many);
    if (scene.finished) showWhole(this.viewer); // all that was passed
    else if (open.length && !this.whole) this.look(open[0]);
  }

  async move(taken, turn) {
    const known = this.viewer.get('elementRegistry');
    const way = taken.map((id) => known.get(id)).filter((element) => element?.waypoints).slice(-MOST);
    for (const flow of way) {
      if (turn !== this.turn) return;
      await new Promise((done) => this.run(flow, done));
    }
  }

  /** A page that is not in sight gets no frames: nobody waits for what cannot be seen. */
  run(flow, done) {
    const late = setTimeout(done, 1500);
    const scope = { element: flow, colors: COLORS };
    this.viewer.get('animation').animate(flow, scope, () => { clearTimeout(late); done(); });
  }

  stand(element, many) {
    const shape = this.viewer.get('elementRegistry').get(element);
    if (!shape || shape.waypoints) return;
    const token = document.createElement('div');
    token.className = 'rehearsal-token';
    token.textContent = String(many);
    token.setAttribute('aria-hidden', 'true');
    this.overlays.push(this.viewer.get('overlays').add(element, { position: { bottom: 12, left: -14 }, html: token }));
  }

  /** Where the matter stands, large enough to read; left alone while it is in sight. */
  look(element) {
    const canvas = this.viewer.get('canvas');
    const shape = this.viewer.get('elementRegistry').get(element);
    if (!shape) return;
    const small = canvas.zoom() < READABLE;
    if (small) canvas.zoom(READABLE, { x: 0, y: 0 });
    const { x, y, width, height, inner } = canvas.viewbox();
    const [right, bottom] = [shape.x + shape.width, shape.y + shape.height];
    const inside = shape.x > x && shape.y > y && right < x + width && bottom < y + height;
    const from = (start, least) => Math.max(start, least - EDGE); // no more empty paper than need be
    const [left, top] = [from(shape.x - width / 3, inner.x), from(shape.y - height / 2, inner.y)];
    if (small || !inside) canvas.viewbox({ x: left, y: top, width, height });
  }

  clear() {
    for (const id of this.overlays) this.viewer.get('overlays').remove(id);
    this.overlays = [];
  }

  /** The chosen step, framed and in sight. */
  choose(element) {
    mark(this.viewer, element ? [element] : [], 'rehearsal-chosen');
    if (element) this.look(element);
  }

  /** The whole drawing, or again where the matter stands. Answers which of them it is now. */
  toggle(scene) {
    this.whole = !this.whole;
    if (this.whole) showWhole(this.viewer);
    else if (scene.tasks.length) this.look(scene.tasks[0].element);
    return this.whole;
  }
}
