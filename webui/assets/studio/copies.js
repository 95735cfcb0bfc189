// Copies on this device of what the server does not have yet: one of what is being drawn, and those found or set aside.
import { dropDraft, readDraft, saveDraft } from '../drafts.js';

const MOST = 5; // set aside; the oldest goes first

export class Copies {
  constructor(draft, name) {
    this.current = `studio:${draft}:${name}`;
    this.aside = `${this.current}:aside`;
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

  /** What an earlier visit has left, newest last; from now on it lies aside. */
  found(stored) {
    const left = readDraft(this.current);
    if (left && left.xml !== stored) {
      saveDraft(this.aside, [...this.others(), left].slice(-MOST));
    }
    this.drop();
    return this.others();
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
