// Shows a form-js form inside <div data-form> (macro `form_viewer` in _macros.html) and hands its data to the ordinary
// HTML form named by data-form, as the hidden field `data`. The server's messages stand at their fields, and what was
// typed stays.
import './older.js';
import { createForm } from '@bpmn-io/form-js-viewer';

import { attachments } from './attachments.js';
import { speakChinese } from './calendar.js';
import { readDraft, saveDraft, dropDraft } from './drafts.js';
import { busy } from './files.jsx';

speakChinese();

async function mount(host) {
  host.dataset.mounted = '';
  const { schema, data, errors } = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
  const key = host.dataset.draft;
  const refused = Object.keys(errors).length > 0;
  const draft = key && !refused ? readDraft(key) : null;
  const viewer = await createForm({
    container: host,
    schema,
    data: { ...data, ...draft },
    debounce: false, // with it, an upload that ends while somebody types throws the last letters away
    properties: { ariaLabel: host.dataset.title || '表单', readOnly: 'readonly' in host.dataset },
    additionalModules: [attachments],
  });
  host.querySelector('.form-waiting')?.remove();
  if (draft) announceDraft(host, viewer, key, data);
  if (key) keepDraft(viewer, key);
  const target = document.getElementById(host.dataset.form);
  if (target) connect(host, viewer, target);
  if (refused) afterDrawing(() => showErrors(host, viewer, errors)); // fields register themselves when they are drawn
}

function connect(host, viewer, target) {
  // On the window, so before all other listeners (app.js, htmx): what is incomplete must not leave.
  const hold = (event, message) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    say(host, message);
    focusFirstError(host);
  };
  window.addEventListener('submit', (event) => {
    if (event.target !== target || event.submitter?.formNoValidate) return;
    if (host.contains(document.activeElement)) document.activeElement.blur(); // form-js takes over what is being typed
    const { data, errors } = viewer.submit();
    if (busy()) hold(event, '附件还在上传，请等一等再提交。');
    else if (Object.keys(errors).length) hold(event, '还有没填好的地方，已在下面标出。');
    else target.elements.data.value = JSON.stringify(data);
  }, true);
  // A conclusion that is chosen beforehand stands on the button, so that nobody hands in what he has not read.
  const button = [...target.elements].find((element) => 'says' in element.dataset);
  if (button) {
    const words = button.textContent.split('：')[0];
    const tell = ({ data }) => { button.textContent = [words, data[button.dataset.says]].filter(Boolean).join('：'); };
    viewer.on('changed', tell);
    tell(viewer._getState());
  }
  // Leaving a field can show or hide its message. The button must not move from under the thumb that presses it.
  target.addEventListener('mousedown', (event) => { if (event.target.closest('button')) event.preventDefault(); });
}

/** The server's messages, by key as engine/forms.py writes it (`金额`, `明细[2].单价`), at their fields. */
function showErrors(host, viewer, errors) {
  const instances = viewer.get('formFieldInstanceRegistry').getAllKeyed();
  const byPath = new Map(instances.map((instance) => [instance.valuePath.join('.'), instance]));
  const placed = {};
  const unplaced = [];
  for (const [key, message] of Object.entries(errors)) {
    const instance = byPath.get(key.replace(/\[(\d+)\]/g, '.$1'));
    if (instance) place(placed, [instance.id, ...Object.values(instance.indexes ?? {})], [message]);
    else unplaced.push(message);
  }
  viewer._setState({ errors: placed });
  say(host, unplaced.length ? unplaced.join('；') : '还有没填好的地方，已在下面标出。');
  focusFirstError(host);
}

function focusFirstError(host) {
  afterDrawing(() => host.querySelector('.fjs-has-errors :is(input:not([tabindex="-1"]), textarea, button)')?.focus());
}

/** form-js draws a change some time after it was told of it. */
function afterDrawing(action) {
  requestAnimationFrame(() => setTimeout(action));
}

function place(tree, path, value) {
  const last = path.pop();
  for (const step of path) tree = tree[step] ??= {};
  tree[last] = value;
}

/** Keeps what is typed a moment after each change, and at once when the page is left. */
function keepDraft(viewer, key) {
  let timer = null;
  const keep = () => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    saveDraft(key, viewer._getSubmitData());
  };
  viewer.on('field.updated', () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  });
  window.addEventListener('pagehide', keep); // also when it is handed in: the session may have run out
}

function announceDraft(host, viewer, key, data) {
  const note = document.createElement('p');
  note.className = 'alert alert-info d-flex align-items-center gap-2';
  note.setAttribute('role', 'status');
  const words = document.createElement('span');
  words.className = 'flex-fill';
  words.textContent = '已恢复您上次没有提交的内容。';
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'btn btn-outline-secondary text-nowrap flex-shrink-0';
  again.textContent = '清空重填';
  again.addEventListener('click', () => {
    dropDraft(key);
    viewer.importSchema(viewer._getState().schema, data);
    note.remove();
  });
  note.append(words, again);
  host.prepend(note);
}

function say(host, message) {
  const place = host.querySelector('.form-message') ?? host.insertBefore(document.createElement('p'), host.firstChild);
  place.className = 'form-message alert alert-danger';
  place.setAttribute('role', 'alert');
  place.textContent = message;
}

function mountAll(root) {
  for (const host of root.querySelectorAll?.('[data-form]:not([data-mounted])') ?? []) mount(host);
}

document.addEventListener('htmx:load', (event) => mountAll(event.target.parentNode ?? document));
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => mountAll(document));
else mountAll(document);
