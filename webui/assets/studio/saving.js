// Saves by itself: two seconds after the last change, against what was seen, and never over somebody else's work. Until
// the server has it, a copy lies on this device.
import { Refused, ask, renewSession } from './server.js';

const PAUSE = 2_000; // milliseconds without a change before saving
const COPY_PAUSE = 150;
const RETRIES = [5_000, 10_000, 20_000, 30_000];
const RENEW = 5_000; // between two looks whether somebody has signed in again

/** Tells `told` what has become of it: ({state, …}), a state being saved, waiting, saving, away, signed-out, conflict
 *  or refused. */
export class Saving {
  constructor({ draft, name, digest }, copies, read, told) {
    Object.assign(this, { path: `/studio/drafts/${draft}/files/${encodeURIComponent(name)}`, copies, read, told });
    this.seen = digest;
    this.version = this.saved = this.copied = 0;
    this.state = 'saved';
    this.tries = 0;
    window.addEventListener('online', () => this.state === 'away' && this.save());
    window.addEventListener('focus', () => this.state === 'signed-out' && this.renew());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && this.state === 'waiting') this.save();
    });
    window.addEventListener('beforeunload', (event) => { if (!this.safe) event.preventDefault(); });
  }

  /** Whether what is drawn lies somewhere: with the server, or on this device. */
  get safe() {
    return this.version === this.saved || this.version === this.copied;
  }

  changed() {
    this.version += 1;
    clearTimeout(this.copying);
    this.copying = setTimeout(() => this.copy(), COPY_PAUSE);
    if (['saved', 'waiting', 'refused'].includes(this.state)) {
      this.tell('waiting');
      this.in(PAUSE);
    }
  }

  async copy() {
    const { version } = this;
    const xml = await this.read();
    if (version > this.saved && this.copies.keep(xml, this.seen)) this.copied = version;
  }

  /** Now. What comes while it is under way is saved after it. */
  async save() {
    clearTimeout(this.timer);
    if (this.state === 'saving') return;
    if (this.version === this.saved) { this.tell('saved', { at: this.at }); return; }
    this.tell('saving');
    const { version } = this;
    try {
      const xml = await this.read();
      const answer = await ask('PUT', `${this.path}${this.seen ? `?seen=${this.seen}` : ''}`, xml);
      this.done(version, answer);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await this.failed(error);
    }
  }

  done(version, { digest, at }) {
    Object.assign(this, { seen: digest, saved: version, at, tries: 0 });
    if (version === this.version) {
      clearTimeout(this.copying);
      this.copies.drop();
      this.tell('saved', { at });
    } else {
      this.tell('waiting');
      this.in(PAUSE);
    }
  }

  async failed({ status, code, message }) {
    await this.copy(); // before it is said that nothing is lost
    const kept = this.safe;
    if (status === 401 || code === 'csrf') {
      this.tell('signed-out', { kept });
      this.renewing = setTimeout(() => this.renew(), code === 'csrf' ? 0 : RENEW);
    } else if (status === 409) this.tell('conflict', { message, code, kept });
    else if (status === 0 || status === 429 || status >= 500) {
      this.tell('away', { message, kept });
      this.in(RETRIES[Math.min(this.tries++, RETRIES.length - 1)]);
    } else this.tell('refused', { message, kept });
  }

  /** Goes on where somebody has signed in again, in another tab. */
  async renew() {
    clearTimeout(this.renewing);
    if (this.state !== 'signed-out') return;
    const found = await renewSession();
    if (found === 'renewed') {
      this.tell('waiting');
      await this.save();
      return;
    }
    if (found === 'other') this.tell('signed-out', { kept: this.safe, other: true });
    this.renewing = setTimeout(() => this.renew(), RENEW);
  }

  /** Another content is on the board now, and this is what the server has: nothing to save. */
  restart(digest) {
    clearTimeout(this.timer);
    clearTimeout(this.copying);
    this.seen = digest;
    this.saved = this.version;
    this.copies.drop();
    this.tell('saved', { at: this.at });
  }

  /** What the server has now: { xml, digest }, both '' where the file is gone. */
  async latest() {
    const response = await fetch(this.path).catch(() => null);
    if (response?.status === 404) return { xml: '', digest: '' };
    if (!response?.ok) throw new Refused(response?.status ?? 0, 'latest', '没有取到服务器上的那一份，请稍后再试');
    return { xml: await response.text(), digest: response.headers.get('ETag')?.match(/"([^"]+)"/)?.[1] ?? '' };
  }

  /** Saves over what somebody else has put there; the history keeps theirs. */
  async overwrite() {
    const { digest } = await this.latest();
    this.seen = digest;
    this.tell('waiting');
    await this.save();
  }

  in(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  tell(state, more = {}) {
    this.state = state;
    this.told({ state, ...more });
  }
}
