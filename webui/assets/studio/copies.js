// Copies on this device of what the server does not have yet: one of what is being drawn, and those found or set aside.
// Each window keeps a copy of its own and holds a lock by its name while it is open: what another window is still
// working on is nobody's lost work.
import { draftsUnder, dropDraft, readDraft, saveDraft } from '../drafts.js';

const MOST = 5; // set aside; the oldest goes first

export class Copies {
  constructor(draft, name) {
    const base = `studio:${draft}:${name}`;
    this.windows = `${base}:window-`;
    this.current = `${this.windows}${Date.now()}-${Math.random()}`;
    this.aside = `${base}:aside`;
    navigator.locks?.request(this.current, () => new Promise(() => {})); // until the window is closed
  }

  /** Of what is being drawn; false where the device keeps nothing. */
  keep(xml, seen) {
    return saveDraft(this.current, { xml, seen, at: Date.now() });
  }

  drop() {
    dropDraft(this.current);
  }

  /** Puts a copy where drawing on does not overwrite it; false where the device keeps nothing. */
  setAside(xml, seen) {
    const others = this.others().filter((copy) => copy.xml !== xml);
    return saveDraft(this.aside, [...others, { xml, seen, at: Date.now() }].slice(-MOST));
  }

  /** Tells `found` each copy nobody works on any longer: now, and when the window of one is closed. */
  async watch(stored, found) {
    this.others().forEach(found);
    const open = await this.elsewhere();
    for (const key of new Set([...open, ...draftsUnder(this.windows)])) {
      if (key === this.current) continue;
      const take = () => { const left = this.take(key, stored); if (left) found(left); };
      if (navigator.locks) navigator.locks.request(key, take);
      else take();
    }
  }

  /** The other windows this is open in, where the browser tells. */
  async elsewhere() {
    const { held = [] } = await navigator.locks?.query() ?? {};
    return held.map(({ name }) => name).filter((name) => name.startsWith(this.windows) && name !== this.current);
  }

  /** What a closed window has left; from now on it lies aside. */
  take(key, stored) {
    const left = readDraft(key);
    if (!left || left.xml === stored || saveDraft(this.aside, [...this.others(), left].slice(-MOST))) dropDraft(key);
    return left && left.xml !== stored ? left : null;
  }

  others() {
    return readDraft(this.aside) ?? [];
  }

  forget(copy) {
    const kept = this.others().filter(({ at, xml }) => at !== copy.at || xml !== copy.xml);
    if (kept.length) saveDraft(this.aside, kept);
    else dropDraft(this.aside);
  }
}
