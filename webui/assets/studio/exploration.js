// 走查: marks what was found on the drawing, and lights a chosen way step by step.
import { mark, openViewer } from './view.js';

const PACE = 450; // milliseconds between two steps that light up
const { xml, draft } = JSON.parse(document.getElementById('exploration-data').textContent);
let viewer = null;
let ways = {};
let timer = 0;

async function begin() {
  if (xml) {
    try {
      viewer = await openViewer(document.getElementById('walk-canvas'), xml);
    } catch {
      document.getElementById('walk-canvas').textContent = '流程图画不出来，结果仍可以照文字看。';
    }
  }
  take();
}

/** What the part of the page that has just come brings with it. */
function take() {
  const data = document.getElementById('walk-ways');
  ways = data ? JSON.parse(data.textContent) : {};
  showAll();
}

function showAll() {
  clear();
  if (!viewer) return;
  const all = Object.values(ways);
  mark(viewer, elementsOf(all, (kind) => !['skips', 'ending'].includes(kind)), 'walk-problem');
  mark(viewer, elementsOf(all, (kind) => kind === 'skips'), 'walk-skips');
}

const elementsOf = (all, wanted) => all.filter(({ kind }) => wanted(kind)).flatMap(({ elements }) => elements);

function clear() {
  clearInterval(timer);
  for (const lit of document.querySelectorAll('.walk-path .lit')) lit.classList.remove('lit');
  if (!viewer) return;
  viewer.get('overlays').remove({ type: 'walk-number' });
  for (const name of ['walk-way', 'walk-problem', 'walk-skips']) mark(viewer, [], name);
}

/** Only this one: what is at fault, and the way there. */
function show(key, lines) {
  const { kind, elements, path } = ways[key];
  clear();
  if (!viewer) return;
  if (kind !== 'ending') mark(viewer, elements, kind === 'skips' ? 'walk-skips' : 'walk-problem');
  const way = path.flatMap(({ element, passed }) => [element, ...passed]);
  frame(kind === 'skips' && way.length ? way : [...elements, ...way]); // what is passed by lies anywhere
  const passed = [];
  const numbers = new Map();
  let step = 0;
  const light = () => {
    if (step >= path.length) { clearInterval(timer); return; }
    passed.push(...path[step].passed, ...(path[step].element ? [path[step].element] : []));
    mark(viewer, passed.filter((id) => !elements.includes(id) || kind === 'ending'), 'walk-way');
    number(numbers, path[step].element, step + 1);
    lines[step]?.classList.add('lit');
    step += 1;
  };
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) while (step < path.length) light();
  else { light(); timer = setInterval(light, PACE); }
}

/** As much of the drawing as the way takes, no larger than life. */
function frame(ids) {
  const known = viewer.get('elementRegistry');
  const places = ids.map((id) => known.get(id)).filter((element) => element?.width);
  if (!places.length) return;
  const canvas = viewer.get('canvas');
  const [left, top] = [Math.min(...places.map(({ x }) => x)), Math.min(...places.map(({ y }) => y))];
  const right = Math.max(...places.map(({ x, width }) => x + width));
  const bottom = Math.max(...places.map(({ y, height }) => y + height));
  const size = canvas.getSize();
  const width = Math.max(right - left + 160, size.width);
  const height = Math.max(bottom - top + 160, size.height);
  const [x, y] = [(left + right - width) / 2, (top + bottom - height) / 2];
  canvas.viewbox({ x, y, width, height });
}

/** The number of the step at its element; one that is passed several times has several. */
function number(numbers, id, step) {
  if (!id || !viewer.get('elementRegistry').get(id)) return;
  const overlays = viewer.get('overlays');
  const before = numbers.get(id);
  if (before) overlays.remove(before.overlay);
  const text = before ? `${before.text} ${step}` : String(step);
  const html = Object.assign(document.createElement('div'), { className: 'walk-number', textContent: text });
  const overlay = overlays.add(id, 'walk-number', { position: { top: -14, left: -12 }, html, scale: { min: 0.6 } });
  numbers.set(id, { text, overlay });
}

function choose(button) {
  const open = button.getAttribute('aria-expanded') === 'true';
  for (const other of document.querySelectorAll('.walk-choose[aria-expanded="true"]')) {
    other.setAttribute('aria-expanded', 'false');
    other.nextElementSibling.hidden = true;
  }
  if (open) { showAll(); return; }
  button.setAttribute('aria-expanded', 'true');
  button.nextElementSibling.hidden = false;
  show(button.dataset.way, button.nextElementSibling.querySelectorAll('.walk-path > li'));
}

function rehearse(key) {
  const { parameters } = document.getElementById('walk-ways').dataset;
  const story = { moves: ways[key].moves, parameters: JSON.parse(parameters) };
  sessionStorage.setItem(`cunyi:rehearsal:${draft}`, JSON.stringify(story));
  location.assign(`/studio/drafts/${draft}/rehearsal`);
}

document.addEventListener('click', ({ target }) => {
  const chosen = target.closest('.walk-choose');
  if (chosen) choose(chosen);
  const played = target.closest('[data-rehearse]');
  if (played) rehearse(played.dataset.rehearse);
});
document.addEventListener('htmx:load', ({ detail }) => { if (detail.elt.id === 'walk-state') take(); });
begin();
