// A diagram to look at: drawn, fitted, its elements marked. What rehearsal, exploration, comparison and cover show.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import spiffworkflow from './spiffworkflow.json';
import { kindRenderer } from './icons.js';

const EDGE = 12; // pixels
const LOGO = 50;

/** A viewer with the drawing in it, the whole in sight. Throws where the XML cannot be drawn. */
export async function openViewer(container, xml, additionalModules = []) {
  const viewer = new NavigatedViewer({
    container,
    moddleExtensions: { spiffworkflow },
    additionalModules: [kindRenderer, ...additionalModules],
  });
  await viewer.importXML(xml);
  showWhole(viewer);
  return viewer;
}

/** The whole drawing in the middle, with an edge around it and room below for bpmn.io's logo; no larger than life. */
export function showWhole(viewer) {
  const canvas = viewer.get('canvas');
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !inner.height || !outer.width || !outer.height) return;
  const [across, down] = [outer.width - 2 * EDGE, outer.height - EDGE - LOGO];
  const scale = Math.min(across / inner.width, down / inner.height, 1);
  const [width, height] = [outer.width / scale, outer.height / scale];
  const x = inner.x - (width - inner.width) / 2;
  const y = inner.y - EDGE / scale - Math.max(0, (down / scale - inner.height) / 2);
  canvas.viewbox({ x, y, width, height });
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
