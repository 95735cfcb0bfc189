// A diagram to look at: drawn, fitted, its elements marked. What rehearsal, exploration, comparison and cover show.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import spiffworkflow from './spiffworkflow.json';
import { kindRenderer } from './icons.js';

/** A viewer with the drawing in it, the whole in sight. Throws where the XML cannot be drawn. */
export async function openViewer(container, xml, additionalModules = []) {
  const viewer = new NavigatedViewer({
    container,
    moddleExtensions: { spiffworkflow },
    additionalModules: [kindRenderer, ...additionalModules],
  });
  await viewer.importXML(xml);
  viewer.get('canvas').zoom('fit-viewport', 'auto');
  return viewer;
}

/** Marks these elements and no others with a CSS class; ids that are not drawn are passed over. */
export function mark(viewer, ids, name) {
  const canvas = viewer.get('canvas');
  const wanted = new Set(ids);
  viewer.get('elementRegistry').forEach((element) => {
    if (wanted.has(element.id)) canvas.addMarker(element, name);
    else canvas.removeMarker(element, name);
  });
}

/** Brings an element to the middle of the picture. */
export function bringIntoView(viewer, id) {
  const canvas = viewer.get('canvas');
  const element = viewer.get('elementRegistry').get(id);
  if (element) canvas.scrollToElement(element, 100);
}
