// 条款: choose a clause and its steps are marked; choose a step, here or on the drawing, and its clauses are told.
import { bringIntoView, mark, openViewer, showWhole } from './view.js';

const READABLE = 0.8;
const { xml, steps, texts, drawing } = JSON.parse(document.getElementById('clauses-data').textContent);
const told = document.getElementById('clauses-step');
let viewer = null;

async function begin() {
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-clause], [data-step]');
    if (!button) return;
    const again = button.getAttribute('aria-pressed') === 'true';
    if (again) choose(null, [], []);
    else if (button.dataset.clause) chooseClause(button.dataset.clause);
    else chooseStep(button.dataset.step);
  });
  document.getElementById('clauses-print').addEventListener('click', () => print());
  if (!xml) return;
  try {
    viewer = await openViewer(document.getElementById('clauses-canvas'), xml);
  } catch {
    document.getElementById('clauses-canvas').textContent = '流程图画不出来，条款仍可以照文字看。';
    return;
  }
  const known = Object.entries(steps);
  mark(viewer, known.filter(([, [, , clauses]]) => clauses.length).map(([id]) => id), 'clause-carries');
  mark(viewer, [...document.querySelectorAll('.clauses-bare [data-step]')].map(({ dataset }) => dataset.step), 'clause-bare');
  viewer.on('element.click', ({ element }) => chooseStep(element.labelTarget?.id ?? element.id, true));
}

function chooseClause(number) {
  const ids = Object.entries(steps).filter(([, [, , clauses]]) => clauses.includes(number)).map(([id]) => id);
  choose(`clause ${number}`, [number], ids);
  told.replaceChildren(...(ids.length ? [] : [line(`图上没有哪一步写了 ${number}。`)]));
  if (viewer && ids.length) showWhole(viewer); // its steps may lie far apart
}

function chooseStep(id, onDrawing = false) {
  const step = steps[id];
  if (!step) {
    choose(null, [], []);
    return;
  }
  const [label, how, clauses] = step;
  choose(`step ${id}`, clauses, [id]);
  const link = Object.assign(document.createElement('a'), { href: `${drawing}#${id}`, textContent: '到流程图上改' });
  const head = line(`${label}（${how}）`, 'h3');
  const list = document.createElement('ul');
  list.append(...clauses.map((number) => line(`${number}　${texts[number] || '总表里没有这个编号'}`, 'li')));
  told.replaceChildren(head, clauses.length ? list : line('这一步没有写依据。'), link);
  if (onDrawing) document.getElementById(`clause-${clauses[0]}`)?.scrollIntoView({ block: 'nearest' });
  else if (viewer) approach(id);
}

/** Shows what was chosen (`clause WH-2`, `step fabu`, or nothing), and the clauses and steps that go with it. */
function choose(what, numbers, ids) {
  for (const button of document.querySelectorAll('[data-clause], [data-step]')) {
    const { clause, step } = button.dataset;
    button.setAttribute('aria-pressed', String((clause ? `clause ${clause}` : `step ${step}`) === what));
    button.classList.toggle('lit', clause ? numbers.includes(clause) : ids.includes(step));
  }
  for (const number of numbers) document.getElementById(`clause-${number}`)?.closest('details')?.setAttribute('open', '');
  if (viewer) mark(viewer, ids, 'clause-chosen');
  if (!ids.length) told.replaceChildren();
}

/** To the step, near enough to read it. */
function approach(id) {
  const canvas = viewer.get('canvas');
  if (canvas.zoom() < READABLE) canvas.zoom(READABLE);
  bringIntoView(viewer, id);
}

function line(text, tag = 'p') {
  return Object.assign(document.createElement(tag), { textContent: text });
}

begin();
