// 整理版面: the server's layout, applied as one change that a single 撤销 takes back.
import { ask } from './server.js';

/** Puts shapes and lines where they are told; knows where they were. */
class ArrangeCommand {
  constructor(elementRegistry, bpmnFactory) {
    Object.assign(this, { known: elementRegistry, factory: bpmnFactory });
  }

  execute(context) {
    const places = elementsOf(this.known, context.layout);
    context.before = places.map(([element]) => [element, placeOf(element)]);
    return this.apply(places);
  }

  revert({ before }) {
    return this.apply(before);
  }

  apply(places) {
    for (const [element, place] of places) {
      if (place.waypoints) this.bend(element, place.waypoints);
      else this.put(element, place);
    }
    return places.map(([element]) => element);
  }

  put(element, { x, y, width, height }) {
    Object.assign(element, { x, y, width, height });
    const { di } = element;
    if (!element.labelTarget) Object.assign(di.bounds, { x, y, width, height });
    else {
      di.label ??= this.factory.createDiLabel();
      di.label.bounds ??= this.factory.createDiBounds();
      Object.assign(di.label.bounds, { x, y, width, height });
    }
  }

  bend(connection, waypoints) {
    connection.waypoints = waypoints.map(({ x, y }) => ({ x, y }));
    connection.di.waypoint = this.factory.createDiWaypoints(connection.waypoints);
    for (const point of connection.di.waypoint) point.$parent = connection.di;
  }
}
ArrangeCommand.$inject = ['elementRegistry', 'bpmnFactory'];

export const arranging = {
  __init__: [['commandStack', (commandStack) => commandStack.registerHandler('studio.arrange', ArrangeCommand)]],
};

/** Asks for a layout and applies it; true where there was too much for the best one. Throws Refused before a change. */
export async function arrange(modeler, read) {
  const layout = await ask('POST', '/studio/layout', { xml: await read() });
  modeler.get('commandStack').execute('studio.arrange', { layout });
  return layout.simple;
}

/** [element, where it goes] for all that is drawn and in the layout, names beside shapes and lines, too. */
function elementsOf(known, { shapes = {}, edges = {} }) {
  const places = [];
  const add = (id, place) => { if (place && known.get(id)) places.push([known.get(id), place]); };
  for (const [id, { label, ...bounds }] of Object.entries(shapes)) {
    add(id, bounds);
    add(`${id}_label`, label);
  }
  for (const [id, { label, waypoints }] of Object.entries(edges)) {
    add(id, { waypoints });
    add(`${id}_label`, label);
  }
  return places;
}

function placeOf({ x, y, width, height, waypoints }) {
  return waypoints ? { waypoints } : { x, y, width, height };
}
