// The story of a rehearsal, kept by the browser: what it stands on, the moves, and how many of them have been played.
// The server plays it from the beginning each time and keeps nothing.
import { ask } from '../server.js';

export class Story {
  constructor(draft, stage) {
    Object.assign(this, { draft, fresh: stage, stage, moves: [], at: 0, scene: null, story: '', from: null });
  }

  get path() { return `/studio/drafts/${this.draft}`; }

  /** Plays the first `at` moves. What cannot be done is told in `scene.refused`; it ends before that. */
  async play(at = this.at, moves = this.moves, stage = this.stage) {
    const scene = await ask('POST', `${this.path}/rehearsal/play`, { ...stage, step: moves.slice(0, at) });
    Object.assign(this, { stage, moves, scene, at: scene.moves });
    this.keep();
    return scene;
  }

  /** One more move, in place of those that were taken back. Null, or why it cannot be done: then nothing changes. */
  async add(move) {
    const moves = [...this.moves.slice(0, this.at), move];
    const scene = await ask('POST', `${this.path}/rehearsal/play`, { ...this.stage, step: moves });
    if (scene.refused) return scene.refused.message;
    Object.assign(this, { moves, scene, at: scene.moves });
    this.keep();
    return null;
  }

  /** What would be saved as a scenario. */
  written() {
    return { ...this.stage, step: this.moves.slice(0, this.at) };
  }

  keep() {
    const { stage, moves, at, from } = this;
    sessionStorage.setItem(this.key, JSON.stringify({ stage, moves, at, from }));
  }

  /** What was being played in this window before, or what another page hands over to be played. */
  recall() {
    const handed = take(`cunyi:rehearsal:${this.draft}`);
    const { moves, parameters = {} } = Array.isArray(handed) ? { moves: handed } : handed ?? {};
    if (moves) { // a way that was found under other parameters is played under them, too
      const stage = { ...this.fresh, parameters: { ...this.fresh.parameters, ...parameters } };
      Object.assign(this, { stage, moves, at: moves.length });
      return true;
    }
    const kept = read(this.key);
    if (kept?.stage && Array.isArray(kept.moves)) Object.assign(this, kept);
    return false;
  }

  get key() { return `cunyi:rehearsal-story:${this.draft}`; }
}

function take(key) {
  const found = read(key);
  sessionStorage.removeItem(key);
  return found;
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null; // kept by an older page: begun anew
  }
}
