// How the studio's pages talk to the server: JSON in, JSON out, and every failure a sentence somebody can act on.

/** What the server refused, or that it could not be reached. `status` is 0 where there was no answer. */
export class Refused extends Error {
  constructor(status, code, message, fields = {}) {
    super(message);
    Object.assign(this, { status, code, fields });
  }
}

/** The answer's JSON. `body` is text or bytes as they are, anything else as JSON. Throws Refused. */
export async function ask(method, path, body) {
  const plain = body === undefined || typeof body === 'string' || body instanceof Blob || body instanceof FormData;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        'X-CSRF-Token': document.querySelector('meta[name="csrf-token"]')?.content ?? '',
        ...(plain ? {} : { 'Content-Type': 'application/json' }),
      },
      body: plain ? body : JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, 'offline', '网络不通，您的改动还在这台设备上，连上以后会自动保存');
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  const { code = 'refused', message = `没有办成（${response.status}），请稍后再试`, fields } = answer?.error ?? {};
  throw new Refused(response.status, code, message, fields);
}

/** After the same person has signed in again in another tab this page goes on with that session: 'renewed'. 'other'
 *  where it was somebody else, under whose name nothing of this page may be saved; '' where nobody has. */
export async function renewSession() {
  const page = await fetch('/studio', { headers: { Accept: 'text/html' } }).catch(() => null);
  if (!page || page.redirected) return '';
  const answer = new DOMParser().parseFromString(await page.text(), 'text/html');
  const meta = (name, from = document) => from.querySelector(`meta[name="${name}"]`);
  if (!meta('person', answer)) return '';
  if (meta('person', answer).content !== meta('person').content) return 'other';
  meta('csrf-token').content = meta('csrf-token', answer).content;
  return 'renewed';
}
