// The page a form is made on: form-js's editor, our own panel beside it, the form as on a phone, and saving by itself.
import { createFormEditor } from '@bpmn-io/form-js-editor';
import { h, render } from 'preact';

import { attachments } from '../attachments.js';
import { speakChinese } from '../calendar.js';
import { Checked } from './formchecks.js';
import { actions, rekeying } from './formacts.js';
import { keyOf, nameOf, picksPeople, unknownFields, vocabulary } from './formfields.js';
import { Panel } from './formpanel.jsx';
import { Phone, showForms } from './formphone.js';
import { Keeping } from './keeping.js';
import { notice } from './notices.js';

const EMPTY = { type: 'default', components: [] };
const data = JSON.parse(document.getElementById('editor-data').textContent);
const board = document.getElementById('editor-board');
const panel = document.getElementById('editor-panel');
// Ours stands in its place: a designer needs other words, and fewer things.
const noPanel = { propertiesPanel: ['value', null], propertiesProvider: ['value', null] };

speakChinese();
open();

async function open() {
  const schema = JSON.parse(data.xml);
  const editor = await createFormEditor({
    schema: EMPTY,
    container: board,
    propertiesPanel: { parent: panel },
    additionalModules: [attachments, vocabulary, rekeying, noPanel],
    properties: { ariaLabel: '正在编辑的表单' },
  });
  const strange = unknownFields(schema, new Set(Object.keys(editor.get('formFields')._formFields)));
  if (!strange.length && await editor.importSchema(schema).then(() => true, () => false)) {
    begin(editor);
    return;
  }
  await editor.importSchema(EMPTY);
  refuse(editor, schema, strange);
}

function begin(editor) {
  const stack = editor.get('commandStack');
  const selection = editor.get('selection');
  const read = () => text(editor.getSchema());
  const show = async (written) => { await editor.importSchema(JSON.parse(written)); selection.clear(); };
  const keeping = new Keeping(data, { read, show, compare: showForms });
  const phone = new Phone(document.getElementById('preview'), () => JSON.parse(read()));
  const checked = new Checked(data, read, (words) => selectNamed(editor, words));
  const stored = new Map(Object.entries(data.keys));
  const act = actions(editor, stored);
  const draw = () => {
    const { schema } = editor._getState();
    const props = { schema, stored, designations: data.designations, act };
    render(h(Panel, { field: selection.get(), ...props }), panel);
  };
  for (const event of ['changed', 'selection.changed']) editor.on(event, draw);
  editor.on('commandStack.changed', ({ trigger }) => {
    for (const [name, can] of [['undo', stack.canUndo()], ['redo', stack.canRedo()]]) button(name).disabled = !can;
    phone.changed();
    checked.changed();
    if (trigger !== 'clear') keeping.saving.changed();
  });
  button('undo').addEventListener('click', () => stack.undo());
  button('redo').addEventListener('click', () => stack.redo());
  keyboard(editor, stack, act, keeping);
  leaving(keeping);
  draw();
  checked.changed();
  phone.changed();
}

/** The keys of the whole page: saving, and on the board going back and taking away. */
function keyboard(editor, stack, act, keeping) {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault();
      keeping.saving.save();
    }
  });
  // Else the same key press would go on to the new field, which has the focus now, and unselect it.
  board.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.closest('.fjs-palette-field')) event.preventDefault();
  }, true);
  // form-js adds a field by dragging or by Enter; whoever clicks on it means the same.
  board.addEventListener('click', ({ target }) => {
    const press = new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true });
    target.closest('.fjs-palette-field')?.dispatchEvent(press);
  });
  board.addEventListener('keydown', (event) => {
    const field = editor.get('selection').get();
    if (!['Delete', 'Backspace'].includes(event.key) || !field || event.target.closest('input, textarea')) return;
    event.preventDefault();
    act.remove(field);
  });
}

/** Renaming or removing the form leaves this page: what is not saved yet is saved first. */
function leaving({ saving }) {
  for (const form of document.querySelectorAll('.editor-menu form')) {
    form.addEventListener('submit', async (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      await saving.save();
      if (saving.version !== saving.saved) return; // the bar above says why
      if (form.elements.seen) form.elements.seen.value = saving.seen;
      form.submit();
    });
  }
}

/** A form with kinds of field nobody here knows is not opened before somebody has said what shall become of them. */
function refuse(editor, schema, strange) {
  const names = [...new Set(strange.map((field) => nameOf(String(field?.type ?? '没有写明'))))].slice(0, 8).join('、');
  if (!strange.length) {
    notice('refused', '这张表单打不开：里面有写错的地方（比如两项的字段名相同）。文件没有动，可以在“历史”里回到以前的样子。', {}, { urgent: true });
    return;
  }
  notice('refused', `这张表单里有系统不认识的填写项（${names}），先去掉才能编辑。文件还没有动。`, {
    去掉它们再打开: async () => {
      await editor.importSchema(without(schema, new Set(strange)));
      document.querySelector('[data-notice="refused"]').remove();
      begin(editor);
    },
  }, { urgent: true });
}

function without(holder, strange) {
  const components = (holder.components ?? []).filter((field) => !strange.has(field));
  return holder.components ? { ...holder, components: components.map((field) => without(field, strange)) } : holder;
}

/** The field a finding speaks of: its label or key stands in quotes there. */
function selectNamed(editor, words) {
  const fields = editor.get('formFieldRegistry').getAll();
  const named = (field) => [field.label, keyOf(field)].some((name) => name && words.includes(`“${name}”`));
  const found = fields.find((field) => field.type !== 'default' && named(field));
  if (found) editor.get('selection').set(found);
}

/** As it is stored: without what form-js makes up anew each time it opens the form. */
function text(schema) {
  const { exporter: _, ...kept } = schema;
  return `${JSON.stringify(plain(kept), null, 2)}\n`;
}

function plain(field) {
  const { id, layout, components, values, ...others } = field;
  const rest = values && !picksPeople(field) ? { ...others, values } : others;
  const kept = /^(Field|Form)_[0-9a-z]{7}$/.test(id ?? '') ? rest : { id, ...rest };
  const rows = new Map();
  for (const each of components ?? []) rows.set(each.layout?.row, (rows.get(each.layout?.row) ?? 0) + 1);
  const beside = (each) => each.layout && (each.layout.columns || rows.get(each.layout.row) > 1);
  const inside = components?.map((each) => ({ ...plain(each), ...(beside(each) ? { layout: each.layout } : {}) }));
  return inside ? { ...kept, components: inside } : kept;
}

function button(name) {
  return document.querySelector(`[data-do="${name}"]`);
}
