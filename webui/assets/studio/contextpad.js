// The buttons beside what is selected: what comes next, connect, change, explain, delete; lanes get their own.
import ContextPadProvider from 'bpmn-js/lib/features/context-pad/ContextPadProvider';
import { is } from 'bpmn-js/lib/util/ModelUtil';

export class StudioContextPad extends ContextPadProvider {
  constructor(...services) {
    super(...services.slice(0, 13));
    [this.placing, this.laneNames] = services.slice(13);
  }

  getContextPadEntries(element) {
    const stock = super.getContextPadEntries(element);
    const ours = (name) => !name.startsWith('append.') || name === 'append.text-annotation';
    const kept = Object.entries(stock).filter(([name]) => ours(name));
    const replace = (event, target) => this.openReplace(target, event);
    return {
      ...(this.placing.continues(element) && !element.labelTarget && { append: this.next() }),
      ...(is(element, 'bpmn:Lane') && { post: this.post() }),
      ...Object.fromEntries(kept),
      ...(stock.replace && { replace: { ...stock.replace, action: { click: replace } } }),
    };
  }

  next() {
    const open = (event, element) => this.openNext(element, event);
    return {
      group: 'model', className: 'studio-pad-append', title: '接下一步（A）', html: plus,
      action: { click: open, dragstart: open },
    };
  }

  post() {
    return {
      group: 'model', className: 'studio-pad-post', title: '选岗位：由谁办', html: person,
      action: { click: (_event, element) => this.laneNames.choose(element) },
    };
  }

  /** Opens 接下一步 beside the element. */
  openNext(element, event) {
    this.openMenu('studio-append', '接下一步', element, event);
  }

  /** Opens 换成 beside the element. */
  openReplace(element, event) {
    this.openMenu('bpmn-replace', '换成', element, event);
  }

  openMenu(provider, title, element, event) {
    const cursor = event ? { cursor: { x: event.x, y: event.y } } : {};
    const place = { ...this.placing.beside(element), ...cursor };
    this._popupMenu.open(element, provider, place, { title, width: 300, search: true });
  }
}
StudioContextPad.$inject = [...ContextPadProvider.$inject, 'placing', 'laneNames'];

const line = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"';
const plus = `<div class="entry"><svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <path d="M3 12h9M9 8l4 4-4 4M18 8v8M14 12h8" ${line}/></svg></div>`;
const person = `<div class="entry"><svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
  <path d="M12 4a4 4 0 1 0 .01 8a4 4 0 1 0-.01-8M4 21c1-9 15-9 16 0" ${line}/></svg></div>`;
