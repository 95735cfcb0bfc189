// 比较: two drawings that move together, marked with what differs, and the list of changes beside them.
import { diff } from 'bpmn-js-differ';

import { openViewer } from './view.js';

const SIGNS = { added: '＋', removed: '－', changed: '△', moved: '↔' };
const SIDES = ['left', 'right'];
const CROWD = 6; // so many signs of what has only moved hide what matters: after 整理版面 the dotted outline says it
const board = JSON.parse(document.getElementById('comparison-data').textContent);
const viewers = {};
const offset = { x: 0, y: 0 }; // of the right drawing against the left: none, until somebody looks at what has moved
let following = false;
let chosen = [];

async function begin() {
  for (const side of SIDES) {
    if (!board[side]) continue;
    const host = document.getElementById(`compare-${side}`);
    try {
      viewers[side] = await openViewer(host, board[side]);
    } catch {
      host.textContent = '这一份流程图画不出来，文字的比较仍然有效。';
    }
  }
  addLayout();
  for (const side of SIDES) if (viewers[side]) paint(side);
  for (const side of SIDES) viewers[side]?.on('canvas.viewbox.changed', () => follow(side));
  fit();
}

/** What is only drawn elsewhere, and what the words have no change for but the drawings do. */
function addLayout() {
  if (!viewers.left || !viewers.right) return;
  const found = diff(viewers.left.getDefinitions(), viewers.right.getDefinitions());
  for (const id of Object.keys(found._layoutChanged)) {
    for (const side of SIDES) board.marks[side][id] ??= 'moved';
  }
}

function paint(side) {
  const [canvas, overlays, known] = ['canvas', 'overlays', 'elementRegistry'].map((name) => viewers[side].get(name));
  const crowded = Object.values(board.marks[side]).filter((action) => action === 'moved').length > CROWD;
  for (const [id, action] of Object.entries(board.marks[side])) {
    const element = known.get(id);
    if (!element || element === canvas.getRootElement()) continue;
    canvas.addMarker(element, `diff-${action}`);
    if (element.waypoints || (crowded && action === 'moved')) continue; // a sign on each would hide the drawing
    const sign = Object.assign(document.createElement('div'), { textContent: SIGNS[action] });
    sign.className = `diff-sign diff-sign-${action}`;
    overlays.add(element, 'diff', { position: { top: -10, right: 10 }, html: sign, scale: { min: 0.6 } });
  }
}

/** The other drawing shows the same part. */
function follow(side) {
  const other = viewers[side === 'left' ? 'right' : 'left'];
  if (following || !other) return;
  const { x, y, width, height } = viewers[side].get('canvas').viewbox();
  const sign = side === 'left' ? 1 : -1;
  following = true;
  other.get('canvas').viewbox({ x: x + sign * offset.x, y: y + sign * offset.y, width, height });
  following = false;
}

function fit() {
  const shown = SIDES.map((side) => viewers[side]).filter(Boolean);
  if (!shown.length) return;
  Object.assign(offset, { x: 0, y: 0 });
  const boxes = shown.map((viewer) => viewer.get('canvas').viewbox().inner);
  const [x, y] = [Math.min(...boxes.map((box) => box.x)) - 20, Math.min(...boxes.map((box) => box.y)) - 20];
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - x + 20;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - y + 60; // bpmn.io's logo stands below
  const { outer } = shown[0].get('canvas').viewbox();
  const wide = Math.max(width, (height * outer.width) / outer.height); // a tall drawing stands in the middle
  shown[0].get('canvas').viewbox({ x: x - (wide - width) / 2, y, width: wide, height });
}

/** Brings an element into the middle of both drawings, wherever it stands in each. */
function show(change) {
  const found = SIDES.map((side, place) => {
    const id = place ? change.dataset.after : change.dataset.before;
    return id && viewers[side]?.get('elementRegistry').get(id);
  });
  const [left, right] = found.map((element) => element && middle(element));
  Object.assign(offset, left && right ? { x: right.x - left.x, y: right.y - left.y } : { x: 0, y: 0 });
  choose(found);
  const side = left ? 'left' : 'right';
  const at = left ?? right;
  if (at) centre(viewers[side].get('canvas'), at);
}

function choose(found) {
  SIDES.forEach((side, place) => {
    const canvas = viewers[side]?.get('canvas');
    if (chosen[place]) canvas.removeMarker(chosen[place], 'diff-chosen');
    if (found[place]) canvas.addMarker(found[place], 'diff-chosen');
  });
  chosen = found;
}

function centre(canvas, { x, y }) {
  const scale = Math.max(canvas.zoom(), 0.7);
  const { width, height } = canvas.getSize();
  canvas.viewbox({ x: x - width / scale / 2, y: y - height / scale / 2, width: width / scale, height: height / scale });
}

function middle({ x, y, width, height, waypoints }) {
  if (!waypoints) return { x: x + width / 2, y: y + height / 2 };
  const [a, b] = [waypoints[0], waypoints[waypoints.length - 1]];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

// ---------------------------------------------------------------- the page around them

function open(tab) {
  for (const each of document.querySelectorAll('[role="tab"]')) {
    const chosen = each === tab;
    each.setAttribute('aria-selected', String(chosen));
    each.tabIndex = chosen ? 0 : -1;
    document.getElementById(each.getAttribute('aria-controls')).hidden = !chosen;
  }
}

document.querySelector('.compare-tabs').addEventListener('click', ({ target }) => {
  if (target.matches('[role="tab"]')) open(target);
});
document.querySelector('.compare-tabs').addEventListener('keydown', ({ key, target }) => {
  const next = { ArrowRight: target.nextElementSibling, ArrowLeft: target.previousElementSibling }[key];
  if (next) { open(next); next.focus(); }
});
document.addEventListener('click', ({ target }) => {
  const change = target.closest('button.change-title')?.closest('.change');
  if (!change) return;
  for (const other of document.querySelectorAll('.change.chosen')) other.classList.remove('chosen');
  change.classList.add('chosen');
  show(change);
});
document.getElementById('compare-fit').addEventListener('click', fit);
document.getElementById('compare-swap').addEventListener('click', () => {
  const [left, right] = SIDES.map((side) => document.getElementById(side));
  [left.value, right.value] = [right.value, left.value];
  left.form.submit();
});
begin();
