// What a hand that has just taken something up does next: a line at the foot of the drawing, as long as it holds it.
import { html } from 'diagram-js/lib/ui/index.js';

import { ELEMENTS } from './elements.js';

const HELD = { // by what diagram-js calls what goes on
  create: '移到图上，点一下放下；不放了按 Esc',
  hand: '按住左键拖动画面；好了按 Esc',
  'lasso.selection': '按住左键，框住要选的；不框了按 Esc',
  'spaceTool.selection': '按住左键往右、往下拖，腾出空白，往回拖收回；不要了按 Esc',
  'global-connect': '点一下前一步，再点后一步；不连了按 Esc',
  connect: '点一下后一步，就连上；不连了按 Esc',
};
const BESIDE = 8; // pixels between the palette and what is said of an entry

export class Hints {
  constructor(eventBus, canvas, dragging, toolManager) {
    this.line = Object.assign(document.createElement('p'), { className: 'drawing-hint', hidden: true });
    this.line.setAttribute('role', 'status');
    canvas.getContainer().append(this.line);
    for (const [name, text] of Object.entries(HELD)) {
      eventBus.on(`${name}.init`, () => this.say(text));
      eventBus.on(`${name}.cleanup`, () => this.say(''));
    }
    // Esc pressed where the palette still has the focus leaves its button lit: nothing is held any longer.
    eventBus.on('drag.cleanup', () => {
      setTimeout(() => { if (!dragging.context()) toolManager.setActive(null); });
    });
  }

  say(text) {
    this.line.textContent = text;
    this.line.hidden = !text;
  }
}
Hints.$inject = ['eventBus', 'canvas', 'dragging', 'toolManager'];

/** In place of diagram-js's, which lies on the entry beside it and says what stands there already. */
export class PaletteHints {
  constructor(eventBus, hoverTooltip) {
    eventBus.on('palette.create', ({ container }) => hoverTooltip.add({
      container,
      selector: '.djs-palette-entries .entry',
      getContent: ({ dataset }) => {
        const about = ELEMENTS[dataset.action?.replace(/^create-/, '')]?.about;
        return about ? html`<span>${about}</span>` : null;
      },
      getPosition: (target) => {
        const { top, height } = target.getBoundingClientRect();
        return { x: container.getBoundingClientRect().right + BESIDE, y: top + height / 2, placement: 'right' };
      },
    }));
  }
}
PaletteHints.$inject = ['eventBus', 'hoverTooltip'];
