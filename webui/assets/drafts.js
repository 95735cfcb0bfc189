// What somebody typed and has not handed in stays on the device: a lost session or an empty battery costs nothing.
// It is bound to the person, goes when the server says the step is done, at sign-out, and after two weeks.
const PREFIX = 'cunyi:draft:';
const KEEP = 14 * 24 * 3600 * 1000; // milliseconds

const storageKey = (key) => `${PREFIX}${document.querySelector('meta[name="person"]')?.content ?? ''}:${key}`;

/** Keeps it; false where the device has no room or keeps nothing. */
export function saveDraft(key, data) {
  return attempt(() => { localStorage.setItem(storageKey(key), JSON.stringify({ at: Date.now(), data })); return true; }) ?? false;
}

/** The data typed under this key, or null. */
export function readDraft(key) {
  const stored = attempt(() => JSON.parse(localStorage.getItem(storageKey(key))));
  return stored && Date.now() - stored.at < KEEP ? stored.data : null;
}

/** The keys that begin like this and have something under them. */
export function draftsUnder(start) {
  const from = storageKey('').length;
  return (attempt(() => Object.keys(localStorage)) ?? [])
    .filter((name) => name.startsWith(storageKey(start))).map((name) => name.slice(from));
}

export function dropDraft(key) {
  attempt(() => localStorage.removeItem(storageKey(key)));
}

/** Removes every draft, or only those too old to be of use. */
export function dropDrafts({ onlyOld }) {
  attempt(() => {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const stored = attempt(() => JSON.parse(localStorage.getItem(key)));
      if (!onlyOld || !stored || Date.now() - stored.at >= KEEP) localStorage.removeItem(key);
    }
  });
}

function attempt(action) {
  try {
    return action();
  } catch {
    return null; // storage full or switched off: the page works without drafts
  }
}
