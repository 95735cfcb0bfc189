// The palette: every element with its picture and its name. A click or a drag draws it; Enter puts it where it fits.
import { ELEMENTS, GROUPS, pictureFor } from './elements.js';

const TOOLS = {
  hand: { title: '移动画面', key: 'H', icon: 'hand-tool', service: 'handTool', method: 'activateHand' },
  lasso: { title: '框选', key: 'L', icon: 'lasso-tool', service: 'lassoTool', method: 'activateSelection' },
  space: { title: '腾出或收回空白', key: 'S', icon: 'space-tool', service: 'spaceTool', method: 'activateSelection' },
  'global-connect': { title: '连线', key: 'C', icon: 'connection-multi', service: 'globalConnect', method: 'start' },
};

export class PaletteProvider {
  constructor(palette, placing, injector) {
    Object.assign(this, { placing, injector });
    palette._needsCollapse = () => false; // its width is ours to say, in modeler.css
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    const entries = {};
    for (const [name, tool] of Object.entries(TOOLS)) entries[`${name}-tool`] = this.tool(tool);
    for (const [name, element] of Object.entries(ELEMENTS)) entries[`create-${name}`] = this.element(name, element);
    return entries;
  }

  tool({ title, key, icon, service, method }) {
    const start = (event) => this.injector.get(service)[method](event);
    const name = `${title}（${key}）`;
    return {
      group: 'tools',
      title: name,
      html: `<div class="entry" title="${name}"><span class="bpmn-icon-${icon}" aria-hidden="true"></span></div>`,
      action: { click: start },
    };
  }

  element(name, element) {
    const drag = (event) => this.placing.drag(name, event);
    return {
      group: element.group,
      title: element.title, // what a screen reader says is what stands there
      html: `<div class="entry" draggable="true" tabindex="0" title="${element.title}：${element.about}">
        ${pictureFor(element)}<span class="entry-name">${element.title}</span></div>`,
      action: { click: drag, dragstart: drag },
    };
  }
}
PaletteProvider.$inject = ['palette', 'placing', 'injector'];

/** Names the groups, and lets Enter do what a click does where a hand holds no mouse. */
export function preparePalette(container, placing, onPlaced) {
  for (const [group, title] of Object.entries({ tools: '工具', ...GROUPS })) {
    const box = container.querySelector(`.djs-palette [data-group="${group}"]`);
    box?.setAttribute('role', 'group');
    box?.setAttribute('aria-label', title);
  }
  for (const tool of container.querySelectorAll('.djs-palette [data-group="tools"] .entry')) tool.tabIndex = 0;
  container.querySelector('.djs-palette')?.addEventListener('keydown', (event) => {
    const entry = event.target.closest('.entry');
    if (!entry || !['Enter', ' '].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const name = entry.dataset.action.replace(/^create-/, '');
    if (name in ELEMENTS) onPlaced(placing.put(name));
    else entry.click();
  });
}
