// The settings of what is selected, beside the drawing: modules for the modeler. One undoable step for each change.
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';

import { Catalogue } from './catalogue.js';
import { Editing } from './editing.js';
import { Provider } from './provider.js';
import { Readables } from './readables.js';

const ours = {
  __init__: ['catalogue', 'readables', 'settingsProvider'],
  catalogue: ['type', Catalogue],
  editing: ['type', Editing],
  readables: ['type', Readables],
  settingsProvider: ['type', Provider],
};

export const panelModules = [BpmnPropertiesPanelModule, ours];
