// The page a diagram is drawn on: opens the drawing board and ties it to saving, checking and the keyboard.
import { makeBoard } from './board.js';
import { preparePalette } from './palette.js';

const data = JSON.parse(document.getElementById('drawing-data').textContent);
const frame = document.getElementById('drawing');
const canvasBox = document.getElementById('modeler');
const panelBox = document.getElementById('properties');

const WIDE = 700; // pixels: below, a drawing can be looked at but not drawn

async function open() {
  fillWindow();
  window.addEventListener('resize', fillWindow);
  const modeler = makeBoard(canvasBox, panelBox, data);
  await modeler.importXML(data.xml);
  canvasBox.querySelector('.drawing-wait')?.remove();
  modeler.get('canvas').zoom('fit-viewport', 'auto');
  preparePalette(canvasBox, modeler.get('placing'), (element) => modeler.get('canvas').focus() ?? element);
  return modeler;
}

/** The drawing takes what the window has left below the page's head. */
function fillWindow() {
  const top = frame.getBoundingClientRect().top + window.scrollY;
  frame.style.setProperty('--drawing-top', `${Math.round(top)}px`);
}

window.studioModeler = open();
