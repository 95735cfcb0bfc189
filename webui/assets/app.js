// What every page loads: htmx, and the few things HTML cannot do by itself.
import htmx from 'htmx.org';

import { dropDraft, dropDrafts } from './drafts.js';
import './signature.js';
import './ticks.js';

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false, // would be an inline style, which our Content-Security-Policy refuses
  historyCacheSize: 0, // pages hold personal data: none of them into the browser's storage
  scrollBehavior: 'auto',
  selfRequestsOnly: true,
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '409', swap: true, error: false }, // overtaken: the answer says by whom
    { code: '422', swap: true, error: false }, // refused: the same form with its messages
    { code: '...', swap: false, error: true },
  ],
});

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? '';

document.addEventListener('htmx:configRequest', (event) => { event.detail.headers['X-CSRF-Token'] = meta('csrf-token'); });
document.addEventListener('htmx:sendError', () => tell('网络不通，您填写的内容还在，请稍后再试。'));
document.addEventListener('htmx:responseError', (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) tell('登录已过期，请重新登录；您填写的内容会保留。');
  else tell(`没有办成（${status}），请稍后再试；再不行请联系管理员。`);
});
document.addEventListener('htmx:afterRequest', (event) => release(event.target.closest?.('form')));

// One tap is one submission: the button rests until the answer is there.
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if ('endsSession' in form.dataset) dropDrafts({ onlyOld: false });
  setTimeout(() => { // after the browser has read the button's own name and value
    for (const button of buttonsOf(form)) if (!button.disabled) { button.disabled = true; button.dataset.resting = ''; }
  });
}, true);
window.addEventListener('pageshow', () => { for (const form of document.forms) release(form); });

function release(form) {
  for (const button of form ? buttonsOf(form) : []) {
    if ('resting' in button.dataset) { button.disabled = false; delete button.dataset.resting; }
  }
}

function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === 'submit');
}

function tell(message) {
  const place = document.getElementById('messages');
  const note = document.createElement('div');
  note.className = 'alert alert-danger';
  note.setAttribute('role', 'alert');
  note.textContent = message;
  place?.replaceChildren(note);
  place?.scrollIntoView({ block: 'nearest' });
}

// 大字版: kept in a cookie, so that the server already writes the next page large.
document.addEventListener('click', (event) => {
  const toggle = event.target.closest?.('[data-large-type]');
  if (!toggle) return;
  const large = document.documentElement.classList.toggle('large');
  document.cookie = `large=${large ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
  for (const each of document.querySelectorAll('[data-large-type]')) each.setAttribute('aria-pressed', String(large));
});

// A sheet of paper prints itself.
document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) print();
});

// A fraction says what share it is, while it is typed; the server has written the first one.
document.addEventListener('input', (event) => {
  const group = event.target.closest?.('[data-fraction]');
  if (!group) return;
  const [part, whole] = [...group.querySelectorAll('input')].map((input) => Number(input.value));
  const share = Math.round((part * 1000) / whole) / 10;
  const exact = (part * 100) % whole === 0;
  group.querySelector('output').textContent = whole > 0 && part >= 0 && part <= whole ? `${exact ? '' : '约 '}${share}%` : '';
});

// The server says which steps are done; what was typed for them need not stay on the device.
document.addEventListener('htmx:load', forget);
document.addEventListener('DOMContentLoaded', () => { forget(); dropDrafts({ onlyOld: true }); });
function forget() {
  for (const done of document.querySelectorAll('[data-draft-done]')) dropDraft(done.dataset.draftDone);
}
