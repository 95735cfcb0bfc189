// The page a diagram is drawn on: opens the drawing board and ties it to saving, checking and the keyboard.
import { arrange } from './arrange.js';
import { makeBoard } from './board.js';
import { Findings } from './findings.js';
import { showBoth } from './compare.js';
import { Keeping } from './keeping.js';
import { Keys, showHelp } from './keyboard.js';
import { dismiss, notice } from './notices.js';
import { preparePalette } from './palette.js';
import { withLists } from './references.js';
import { preparePanel } from './sidebar.js';
import { openViewer } from './view.js';
import { kindOf } from './walking.js';

const data = JSON.parse(document.getElementById('drawing-data').textContent);
const frame = document.getElementById('drawing');
const surface = document.getElementById('modeler');
const WIDE = 700; // pixels: below, a drawing can be looked at but not drawn
const READABLE = 0.6; // of the full size
const MARGIN = 20;
const MOST_URGENT = 10_000; // of a listener: before anybody asks for the text
const [LEAST, MOST, STEP] = [0.1, 4, 1.25]; // of zooming

async function open() {
  fillWindow();
  if (window.innerWidth < WIDE) {
    frame.classList.add('narrow');
    await openViewer(surface, data.xml);
    return;
  }
  // What the page says is seen before the work begins: a large drawing takes seconds.
  await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
  const modeler = makeBoard(surface, document.getElementById('properties'), data);
  const { warnings } = await modeler.importXML(withLists(data.xml));
  surface.querySelector('.drawing-wait')?.remove();
  begin(modeler);
  work(modeler, warnings.length);
}

/** What bpmn-js cannot read it leaves out when it writes: that must not happen behind anybody's back. */
function tellLoss(count) {
  notice('loss', `这个文件里有 ${count} 处画图工具读不懂的内容，改了图再保存就没有了；原来的文件在“历史”里找得回来。`, {
    知道了: () => dismiss('loss'),
  });
}

/** Two lines out of one step are both gone: that is seldom what somebody meant who only went on drawing. */
function tellFork(placing, fork) {
  const [from, next] = [fork.source, fork.before.target].map((each) => each.businessObject.name || kindOf(each));
  notice('forked', `“${from}”后面本来接着“${next}”，现在有两条线，办完会同时走。`, {
    放在中间: () => { placing.insert(fork); dismiss('forked'); },
    就要同时走: () => dismiss('forked'),
  });
}

/** The whole where its words can be read, otherwise the part it starts with. */
function begin(modeler) {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= READABLE) return;
  const { inner, outer } = canvas.viewbox();
  const [width, height] = [outer.width / READABLE, outer.height / READABLE];
  canvas.viewbox({ x: inner.x - MARGIN, y: inner.y - MARGIN, width, height });
}

/** The drawing as text. Written once after a change, though the copy, the check and the server each ask for it. */
function reading(modeler) {
  let written = null;
  const forget = () => { written = null; };
  modeler.on(['commandStack.changed', 'import.done'], MOST_URGENT, forget);
  return () => {
    written ??= modeler.saveXML({ format: true }).then(({ xml }) => xml);
    written.catch(forget);
    return written;
  };
}

/** Everything that goes on while somebody draws. */
function work(modeler, unread) {
  const read = reading(modeler);
  const show = async (xml) => {
    await modeler.importXML(withLists(xml));
    begin(modeler);
  };
  const keeping = new Keeping(data, { read, show, compare: showBoth });
  const findings = new Findings(document.getElementById('findings'), data, modeler, read);
  const canvas = modeler.get('canvas');
  modeler.on('commandStack.changed', ({ trigger }) => {
    if (trigger !== 'clear') keeping.saving.changed();
    findings.changed();
    refresh(modeler);
  });
  modeler.on('studio.forked', ({ source, made, before }) => tellFork(modeler.get('placing'), { source, made, before }));
  preparePalette(surface, modeler.get('placing'), () => canvas.focus());
  preparePanel(frame);
  new ResizeObserver(() => canvas.resized()).observe(surface);
  const keys = new Keys(modeler, { save: () => keeping.saving.save() });
  toolbar(modeler, keeping, keys, read);
  findings.check();
  if (unread) tellLoss(unread);
  if (data.bare) {
    if (!unread) keeping.saving.changed(); // what is shown is not what is stored
    notice('bare', '这张图原来只有内容、没有图形，已经自动排好，可以再动手调整。', { 知道了: () => dismiss('bare') });
  }
  const follow = () => window.location.hash && findings.goTo(decodeURIComponent(window.location.hash.slice(1)));
  window.addEventListener('hashchange', follow);
  follow();
  frame.dataset.ready = '';
}

function toolbar(modeler, keeping, keys, read) {
  const [canvas, stack] = ['canvas', 'commandStack'].map((name) => modeler.get(name));
  const zoom = (by) => canvas.zoom(Math.max(LEAST, Math.min(MOST, canvas.zoom() * by)), 'auto');
  const actions = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    in: () => zoom(STEP),
    out: () => zoom(1 / STEP),
    fit: () => canvas.zoom('fit-viewport', 'auto'),
    add: () => keys.add(),
    find: () => modeler.get('searchPad').toggle(),
    arrange: () => keeping.tried(() => arrangeAll(modeler, read)),
    picture: () => keeping.tried(() => picture(modeler)),
    help: showHelp,
    save: () => keeping.saving.save(),
  };
  for (const button of frame.querySelectorAll('[data-do]')) {
    const action = actions[button.dataset.do];
    if (action) button.addEventListener('click', action);
  }
}

async function arrangeAll(modeler, read) {
  notice('arranging', '正在整理版面…');
  try {
    const simple = await arrange(modeler, read);
    begin(modeler);
    if (simple) notice('simple', '步骤和连线太多，有的连线只排了大概，可以自己挪一挪', { 知道了: () => dismiss('simple') });
  } finally {
    dismiss('arranging');
  }
}

/** The whole drawing as a picture that Word takes. */
async function picture(modeler) {
  const { svg } = await modeler.saveSVG();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  link.download = `${data.name.replace(/\.bpmn$/, '')}.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function refresh(modeler) {
  const stack = modeler.get('commandStack');
  frame.querySelector('[data-do="undo"]').disabled = !stack.canUndo();
  frame.querySelector('[data-do="redo"]').disabled = !stack.canRedo();
}

/** The drawing takes what the window has left below the page's head. */
function fillWindow() {
  const top = () => {
    const { top: above } = frame.getBoundingClientRect();
    frame.style.setProperty('--drawing-top', `${Math.round(above + window.scrollY)}px`);
  };
  top();
  window.addEventListener('resize', top);
}

open().catch((error) => {
  surface.textContent = '';
  notice('broken', '这张流程图画不出来，文件原样留着，没有动。请在上面的“检查”里看有没有能一键修好的，在“历史”里回到以前的样子，'
    + '或者在“流程设计”里重新上传一个文件。', {}, { urgent: true });
  throw error;
});
