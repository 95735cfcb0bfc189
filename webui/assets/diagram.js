// Shows a matter's diagram in <div data-diagram> (macro `diagram` in _macros.html): where it stands, what it has passed,
// and, at a tap, what a step is about. One finger scrolls the page while the whole diagram is in view; two zoom.
import './older.js';
import Viewer from 'bpmn-js/lib/NavigatedViewer';

import { kindRenderer } from './studio/icons.js';
import spiffworkflow from './studio/spiffworkflow.json';

const MAXIMUM = 4; // how far people may zoom in
const MARGIN = 12; // around the drawing, in its own units
const TALLEST = 2200; // pixels: a drawing of many bands is read by scrolling the page, not with a magnifying glass
const READABLE = 0.3; // below this the whole is no more than a pattern, and it begins where the matter stands
const LOGO = 44; // pixels kept free below the drawing, so that bpmn.io's logo covers nothing and nothing covers it

async function mount(host) {
  host.dataset.mounted = '';
  const { xml, present, passed, notes } = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
  const surface = host.querySelector('.diagram-canvas');
  const viewer = new Viewer({
    container: surface,
    zoomScroll: { enabled: false },
    moddleExtensions: { spiffworkflow },
    additionalModules: [kindRenderer], // a step looks as it does where it was drawn
  });
  try {
    await viewer.importXML(xml ?? (await (await fetch(host.dataset.src)).text()));
  } catch {
    surface.textContent = '流程图画不出来。办理不受影响，请告诉流程设计员。';
    return;
  }
  const canvas = viewer.get('canvas');
  const known = viewer.get('elementRegistry');
  const mark = (ids, name) => { for (const id of ids ?? []) if (known.get(id)) canvas.addMarker(id, name); };
  mark((passed ?? []).filter((id) => !present?.includes(id)), 'passed'); // sent back, a step is both: it stands there now
  mark(present, 'present');
  label(surface, known, present ?? []);

  const view = new View(host, surface, canvas);
  const places = (present ?? []).map((id) => known.get(id)).filter(Boolean).sort((a, b) => rank(a) - rank(b));
  view.fit();
  if (places.length && view.scale < READABLE) view.begin(places[0]);
  new ResizeObserver(() => view.refit()).observe(host);
  tools(host, view, places);
  gestures(surface, view);
  describe(host, viewer, canvas, notes ?? {});
}

/** The part of the drawing in sight: the whole width at first, then wherever people zoom. */
class View {
  constructor(host, surface, canvas) {
    Object.assign(this, { host, surface, canvas, width: 0 });
  }

  fit() {
    const { inner } = this.canvas.viewbox();
    this.width = this.surface.clientWidth;
    const scale = Math.min(1, this.width / (inner.width + 2 * MARGIN), TALLEST / (inner.height + 2 * MARGIN));
    const height = Math.ceil((inner.height + 2 * MARGIN) * scale) + LOGO;
    this.host.style.setProperty('--diagram-height', `${height}px`);
    this.canvas.resized();
    const width = this.width / scale;
    const spare = Math.max(0, width - inner.width - 2 * MARGIN);
    this.canvas.viewbox({ x: inner.x - MARGIN - spare / 2, y: inner.y - MARGIN, width, height: height / scale });
    this.least = this.canvas.zoom();
    this.host.classList.remove('zoomed', 'begun');
  }

  refit() {
    if (!this.surface.clientWidth || !this.surface.clientHeight) return; // the page is leaving, or folded away
    const touched = this.host.classList.contains('zoomed') || this.host.classList.contains('begun');
    if (this.surface.clientWidth !== this.width && !touched) this.fit();
    else this.canvas.resized();
  }

  zoom(scale, centre) {
    const next = Math.max(this.least, Math.min(MAXIMUM, scale));
    this.canvas.zoom(next, centre ?? 'auto');
    this.host.classList.toggle('zoomed', next > this.least * 1.01);
    if (next <= this.least * 1.01) this.fit();
  }

  get scale() { return this.canvas.zoom(); }

  pan(dx, dy) { this.canvas.scroll({ dx, dy }); }

  /** Where it stands, before anybody has touched it: one finger still scrolls the page, sideways it moves the drawing. */
  begin(element) {
    this.show(element);
    this.host.classList.remove('zoomed');
    this.host.classList.add('begun');
  }

  /** Brings an element to the middle, large enough to read. */
  show(element) {
    this.zoom(Math.max(this.scale, 0.9));
    const box = this.canvas.viewbox();
    this.canvas.viewbox({
      ...box, x: element.x + element.width / 2 - box.width / 2, y: element.y + element.height / 2 - box.height / 2,
    });
  }
}

function tools(host, view, present) {
  const bar = document.createElement('div');
  bar.className = 'diagram-tools';
  const add = (text, title, action) => {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', textContent: text, title });
    if (text.length === 1) button.setAttribute('aria-label', title); // a sign, not a word
    button.addEventListener('click', action);
    bar.append(button);
  };
  add('＋', '放大', () => view.zoom(view.scale * 1.4));
  add('－', '缩小', () => view.zoom(view.scale / 1.4));
  add('全图', '显示整张流程图', () => view.fit());
  let turn = 0;
  if (present.length) add('当前', '显示当前所在的步骤', () => view.show(present[turn++ % present.length]));
  host.prepend(bar);
}

/** What people wait for comes before the clocks that run beside it and the frames around it. */
function rank({ type }) {
  if (/(User|Manual|^bpmn:)Task$/.test(type)) return 0;
  return /Event$/.test(type) ? 1 : 2;
}

function gestures(surface, view) {
  surface.addEventListener('wheel', (event) => { // a plain wheel scrolls the page, as everywhere else
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    view.zoom(view.scale * Math.exp(-event.deltaY / 300), at(surface, event));
  }, { passive: false });

  let previous = null;
  const fingers = (event) => [...event.touches].map((touch) => at(surface, touch));
  surface.addEventListener('touchstart', (event) => { previous = fingers(event); }, { passive: true });
  surface.addEventListener('touchmove', (event) => {
    const now = fingers(event);
    if (!previous || now.length !== previous.length) { previous = now; return; }
    if (now.length === 2) {
      event.preventDefault();
      const [before, after] = [previous, now].map(([a, b]) => Math.hypot(a.x - b.x, a.y - b.y));
      const [from, to] = [middle(previous), middle(now)];
      view.zoom(view.scale * (after / Math.max(before, 1)), to);
      view.pan(to.x - from.x, to.y - from.y);
    } else if (surface.parentElement.classList.contains('begun') && !surface.parentElement.classList.contains('zoomed')) {
      view.pan(now[0].x - previous[0].x, 0);
    } else if (surface.parentElement.classList.contains('zoomed')) {
      event.preventDefault();
      view.pan(now[0].x - previous[0].x, now[0].y - previous[0].y);
    }
    previous = now;
  }, { passive: false });
  surface.addEventListener('touchend', (event) => { previous = fingers(event); }, { passive: true });
}

const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

function at(surface, { clientX, clientY }) {
  const box = surface.getBoundingClientRect();
  return { x: clientX - box.left, y: clientY - box.top };
}

/** At a tap: the step's name, its guidance, and what the page knows of it. */
function describe(host, viewer, canvas, notes) {
  const panel = document.createElement('div');
  panel.className = 'diagram-note';
  panel.setAttribute('role', 'status');
  panel.hidden = true;
  host.append(panel);
  let chosen = null;
  viewer.get('eventBus').on('element.click', ({ element }) => {
    if (chosen) canvas.removeMarker(chosen, 'chosen');
    const target = element.labelTarget ?? element;
    const lines = linesOf(target, notes[target.id] ?? {});
    panel.hidden = lines.length === 0;
    chosen = panel.hidden ? null : target;
    if (!chosen) return;
    canvas.addMarker(chosen, 'chosen');
    const [title, ...rest] = lines;
    const heading = document.createElement('h3');
    heading.textContent = title;
    panel.replaceChildren(heading, ...rest.map((text) => Object.assign(document.createElement('p'), { textContent: text })));
  });
}

function linesOf(element, note) {
  const { name, documentation } = element.businessObject;
  const guidance = (documentation ?? []).map(({ text }) => (text ?? '').trim()).filter(Boolean);
  const title = note.title ?? name;
  const known = [
    note.state,
    note.outcome && `结果：${note.outcome}`,
    note.clauses?.length && `依据：${note.clauses.join('；')}`,
  ].filter(Boolean);
  return title && (guidance.length || known.length || name) ? [title, ...known, ...guidance] : [];
}

function label(surface, known, present) {
  const names = present.map((id) => known.get(id)?.businessObject.name).filter(Boolean);
  const drawing = surface.querySelector('svg');
  drawing?.setAttribute('role', 'img');
  drawing?.setAttribute('aria-label', names.length ? `流程图，当前在：${names.join('、')}` : '流程图');
}

function mountAll(root) {
  for (const host of root.querySelectorAll?.('[data-diagram]:not([data-mounted])') ?? []) mount(host);
}

document.addEventListener('htmx:load', (event) => mountAll(event.target.parentNode ?? document));
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => mountAll(document));
else mountAll(document);
