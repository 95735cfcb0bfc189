// The seven ways people do a step: a small picture for each, in menus and on the shape, where BPMN knows only "a user".
import BaseRenderer from 'diagram-js/lib/draw/BaseRenderer';
import { append, attr, create } from 'tiny-svg';

import { settingsOf } from './properties.js';

/** Each kind with its title and its picture: paths on a field of 24 × 24, drawn as lines. */
export const KINDS = {
  handle: { title: '办理', lines: 'M6 3h9l3 3v6M6 3v18h6M9 8h6M9 12h4M14 21l1-4 6-6 3 3-6 6z' },
  cosign: { title: '会签', lines: 'M4 3h11v18H4zM7 8l2 2 3-4M7 14l2 2 3-4M18 9l3 3M18 6h4v15' },
  consult: { title: '征求意见', lines: 'M3 4h18v12h-9l-5 5v-5H3zM8 8.5h8M8 12h5' },
  deliberate: { title: '审议', lines: 'M6 10h12v6H6zM12 3a2 2 0 1 0 .01 4a2 2 0 1 0-.01-4M3 11v4M21 11v4M9 20h6M12 7v3' },
  ballot: { title: '票决', lines: 'M3 13h18v8H3zM9 13h6M8 13V4h8v9M10.5 7.5l1.5 1.5 2.5-3' },
  notice: { title: '公示', lines: 'M3 4h18v11H3zM7 8h10M7 11h6M7 15v6M17 15v6' },
  assess: { title: '测评', lines: 'M12 3a9 9 0 1 0 .01 18a9 9 0 1 0-.01-18M8.5 9v1.5M15.5 9v1.5M8 14.5c2 3 6 3 8 0' },
};

const SIZE = 20; // on the shape, in the drawing's units
const INSET = 5;

/** The picture as markup, for menus; '' for a kind we do not know. */
export function iconOf(kind) {
  return KINDS[kind] ? pictureOf(KINDS[kind].lines) : '';
}

/** Any picture drawn as lines on a field of 24 × 24. */
export function pictureOf(lines) {
  return `<svg class="studio-icon" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="${lines}"
    fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}

/** Draws a step with its kind's picture in the corner. */
class KindRenderer extends BaseRenderer {
  constructor(eventBus, bpmnRenderer) {
    super(eventBus, 1500); // before bpmn-js's own
    this.plain = bpmnRenderer;
  }

  canRender(element) {
    return element.type === 'bpmn:UserTask' && settingsOf(element).kind in KINDS;
  }

  drawShape(parent, element, attributes = {}) {
    const shape = this.plain.handlers['bpmn:Task'](parent, element, attributes);
    const picture = create('path');
    attr(picture, {
      d: KINDS[settingsOf(element).kind].lines,
      transform: `translate(${INSET} ${INSET}) scale(${SIZE / 24})`,
      fill: 'none',
      stroke: shape.style.stroke || attributes.stroke || 'black',
      'stroke-width': 1.5,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    });
    append(parent, picture);
    return shape;
  }

  getShapePath(element) {
    return this.plain.getShapePath(element);
  }
}
KindRenderer.$inject = ['eventBus', 'bpmnRenderer'];

/** The didi module, for an editor as for a viewer. */
export const kindRenderer = { __init__: ['kindRenderer'], kindRenderer: ['type', KindRenderer] };
