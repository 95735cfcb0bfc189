// The drawing board: bpmn-js's modeler with what is ours in the place of what is its own.
import Modeler from 'bpmn-js/lib/Modeler';

import { arranging } from './arrange.js';
import spiffworkflow from './spiffworkflow.json';
import { chinese } from './chinese.js';
import { SharedClipboard } from './clipboard.js';
import { StudioContextPad } from './contextpad.js';
import { kindRenderer } from './icons.js';
import { LaneNames } from './lanes.js';
import { linting } from './lint.js';
import { AppendMenu, CreateMenu } from './menus.js';
import { PaletteProvider } from './palette.js';
import { Placing } from './placing.js';
import { StudioReplaceMenu } from './replace.js';
import { DrawingRules } from './rules.js';
import { panelModules } from './panel/index.js';

const ZOOM_STEP = 0.1;

/** Several changes as one that a single 撤销 takes back: `execute('studio.together', { action })`. */
class Together {
  preExecute({ action }) {
    action();
  }
}
const together = {
  __init__: [['commandStack', (commandStack) => commandStack.registerHandler('studio.together', Together)]],
};

const studio = {
  __init__: ['appendMenu', 'createMenu', 'laneNames', 'drawingRules'],
  placing: ['type', Placing],
  appendMenu: ['type', AppendMenu],
  createMenu: ['type', CreateMenu],
  laneNames: ['type', LaneNames],
  drawingRules: ['type', DrawingRules],
  paletteProvider: ['type', PaletteProvider],
  contextPadProvider: ['type', StudioContextPad],
  replaceMenuProvider: ['type', StudioReplaceMenu],
  clipboard: ['type', SharedClipboard],
};

/** The modeler in `container`, the properties panel in `panel`; nothing is loaded yet. */
export function makeBoard(container, panel, { designations }) {
  return new Modeler({
    container,
    designations,
    linting: { active: true },
    propertiesPanel: { parent: panel },
    zoomScroll: { scale: ZOOM_STEP * 7.5 },
    moddleExtensions: { spiffworkflow },
    additionalModules: [chinese, kindRenderer, together, arranging, studio, linting, ...panelModules],
  });
}
