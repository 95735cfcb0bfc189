// The settings of what is selected, beside the drawing: modules for the modeler.
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';

export const panelModules = [BpmnPropertiesPanelModule];
