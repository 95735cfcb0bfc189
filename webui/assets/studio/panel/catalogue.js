// What the panel chooses from: fetched once when the page opens, and again when somebody comes back to its window, for
// they may have made a form or a parameter in another tab.
import { ask } from '../server.js';

const NOTHING = {
  kinds: [],
  common: [],
  elsewhere: [],
  designations: [],
  parameters: [],
  forms: [],
  clauses: [],
  claimed: [],
  procedures: [],
};

export class Catalogue {
  constructor(eventBus) {
    this.eventBus = eventBus;
    this.draft = JSON.parse(document.getElementById('drawing-data').textContent).draft;
    this.found = NOTHING;
    this.state = 'loading'; // then ready or failed
    this.why = '';
    const again = () => this.refresh();
    eventBus.on('diagram.init', () => {
      window.addEventListener('focus', again);
      this.refresh();
    });
    eventBus.on('diagram.destroy', () => window.removeEventListener('focus', again));
  }

  get path() {
    return `/studio/drafts/${this.draft}`;
  }

  async refresh() {
    try {
      const found = await ask('GET', `${this.path}/catalogue`);
      if (this.state === 'ready' && JSON.stringify(found) === JSON.stringify(this.found)) return;
      Object.assign(this, { found, state: 'ready' });
    } catch (refused) {
      if (this.state === 'ready') return; // what was known before is better than nothing
      Object.assign(this, { state: 'failed', why: refused.message });
    }
    this.eventBus.fire('propertiesPanel.providersChanged');
  }

  kind(key) {
    return this.found.kinds.find((kind) => kind.key === key);
  }

  common(name) {
    return this.found.common.find((setting) => setting.name === name);
  }

  elsewhere(name) {
    return this.found.elsewhere.find((setting) => setting.name === name);
  }

  parameter(name) {
    return this.found.parameters.find((parameter) => parameter.name === name);
  }

  /** The parameters that can stand for a setting; without types all of them. */
  parameters(types) {
    return this.found.parameters.filter(({ type }) => !types || types.includes(type));
  }

  clause(id) {
    return this.found.clauses.find((clause) => clause.id === id);
  }

  /** Makes a parameter in the draft's settings. Throws Refused. */
  async make(parameter) {
    await ask('POST', `${this.path}/parameters`, parameter);
    await this.refresh();
  }
}
Catalogue.$inject = ['eventBus'];
