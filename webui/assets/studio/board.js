// The drawing board: bpmn-js's modeler with what is ours in the place of what is its own.
import Modeler from 'bpmn-js/lib/Modeler';

import { arranging } from './arrange.js';
import spiffworkflow from './spiffworkflow.json';
import { ELEMENTS } from './elements.js';
import { chinese } from './chinese.js';
import { SharedClipboard } from './clipboard.js';
import { StudioContextPad } from './contextpad.js';
import { Hints, PaletteHints } from './hints.js';
import { kindRenderer } from './icons.js';
import { LaneNames } from './lanes.js';
import { linting } from './lint.js';
import { AppendMenu, CreateMenu } from './menus.js';
import { StudioPad } from './pad.js';
import { PaletteProvider } from './palette.js';
import { Placing } from './placing.js';
import { StudioReplaceMenu } from './replace.js';
import { ResultNames } from './resultnames.js';
import { DrawingRules } from './rules.js';
import { panelModules } from './panel/index.js';

const LAST = 100; // after what bpmn-js does at the same event

/** Several changes as one that a single 撤销 takes back: `execute('studio.together', { action })`. */
class Together {
  preExecute({ action }) {
    action();
  }
}
const together = {
  __init__: [['commandStack', (commandStack) => commandStack.registerHandler('studio.together', Together)]],
};

/** What is typed first takes the place of the name a new element came with. */
const naming = {
  __init__: [['eventBus', 'directEditing', (eventBus, directEditing) => {
    const presets = new Set(Object.values(ELEMENTS).map(({ named }) => named).filter(Boolean));
    eventBus.on('directEditing.activate', LAST, ({ active }) => {
      if (!presets.has(active.element.businessObject.name)) return;
      window.getSelection().selectAllChildren(directEditing._textbox.content);
    });
  }]],
};

const studio = {
  __init__: ['appendMenu', 'createMenu', 'laneNames', 'drawingRules', 'resultNames', 'hints'],
  placing: ['type', Placing],
  appendMenu: ['type', AppendMenu],
  createMenu: ['type', CreateMenu],
  laneNames: ['type', LaneNames],
  drawingRules: ['type', DrawingRules],
  resultNames: ['type', ResultNames],
  hints: ['type', Hints],
  paletteProvider: ['type', PaletteProvider],
  paletteTooltip: ['type', PaletteHints],
  contextPad: ['type', StudioPad],
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
    moddleExtensions: { spiffworkflow },
    additionalModules: [chinese, kindRenderer, together, arranging, naming, studio, linting, ...panelModules],
  });
}
