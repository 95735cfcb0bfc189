// What a form can be made of: the kinds of field the product reads (engine/forms.py), in a designer's words, and keys
// in Chinese that follow from the labels.
import { FieldFactory } from '@bpmn-io/form-js-viewer';

const TWO = ['选项一', '选项二'].map((word) => ({ label: word, value: word }));

/** By form-js's type: what it is called, its group in the palette, and what a new one has. */
export const KINDS = {
  textfield: { name: '一行文字', group: 'basic-input', fresh: { validate: { maxLength: 100 } } },
  textarea: { name: '大段文字', group: 'basic-input', fresh: { validate: { maxLength: 1000 } } },
  number: { name: '数字', group: 'basic-input', fresh: { decimalDigits: 0 } },
  datetime: { name: '日期时间', group: 'basic-input', fresh: { label: '日期', dateLabel: '日期', subtype: 'date' } },
  filepicker: { name: '附件', group: 'basic-input', fresh: { multiple: true, accept: 'image/*,.pdf' } },
  radio: { name: '单选', group: 'selection', fresh: { values: TWO } },
  select: { name: '下拉选择', group: 'selection', fresh: { values: TWO } },
  checklist: { name: '多选', group: 'selection', fresh: { values: TWO } },
  taglist: { name: '下拉多选', group: 'selection', fresh: { values: TWO } },
  checkbox: { name: '打勾', group: 'selection', fresh: {} },
  text: { name: '说明文字', group: 'presentation', fresh: { text: '写一段说明' } },
  separator: { name: '分隔线', group: 'presentation', fresh: {} },
  spacer: { name: '空一段', group: 'presentation', fresh: {} },
  dynamiclist: { name: '列表（可加行）', group: 'container', fresh: { label: '列表' } },
  group: { name: '分组', group: 'container', fresh: {} },
};
// Forms made elsewhere may have these: they are shown and kept, but nobody begins a new one.
const KEPT = {
  html: '网页内容', image: '图片', table: '表格', button: '按钮', documentPreview: '文件预览', iframe: '网页', expression: '公式',
};
/** Stands on the board for the people whom the system offers; it is not stored. */
export const SOMEBODY = [{ label: '登记过的人', value: 0 }];
const CHOICES = ['radio', 'select', 'checklist', 'taglist'];
const LISTS = ['dynamiclist', 'group'];
const LONGEST_KEY = 24;

export const isChoice = (field) => CHOICES.includes(field.type);
export const picksPeople = (field) => field.properties?.people !== undefined;
export const isContainer = (field) => LISTS.includes(field.type);
export const nameOf = (type) => KINDS[type]?.name ?? KEPT[type] ?? type;
/** Where its value stands: a list of rows has a path, everything else a key. */
export const keyName = (field) => (isContainer(field) ? 'path' : 'key');
export const keyOf = (field) => field[keyName(field)] ?? '';

/** A label as a name that conditions can read: letters, Chinese characters and digits, no digit in front. */
export function keyFrom(label) {
  const plain = (label ?? '').normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '').slice(0, LONGEST_KEY);
  return /^\p{N}/u.test(plain) ? `项${plain}` : plain;
}

/** `wanted`, or with a number behind it where it is taken. */
export function freeKey(wanted, taken) {
  const base = wanted || '填写项';
  let key = base;
  for (let number = 2; taken.has(key); number += 1) key = `${base}${number}`;
  return key;
}

/** The fields whose keys must differ: those of the form, or of one row of a list; a group without a path has none. */
export function fieldsBeside(schema, id) {
  const scope = scopeOf(schema, id) ?? schema;
  return [...valued(scope)];
}

function* valued(scope) {
  for (const field of scope.components ?? []) {
    if (field.type === 'group' && !field.path) yield* valued(field);
    else if (KINDS[field.type] && keyOf(field)) yield field;
  }
}

/** The list or named group a field stands in; undefined on the form's top level. */
function scopeOf(holder, id, around) {
  for (const field of holder.components ?? []) {
    if (field.id === id) return around;
    const found = scopeOf(field, id, field.type === 'dynamiclist' || field.path ? field : around);
    if (found || contains(field, id)) return found;
  }
  return undefined;
}

export function contains(holder, id) {
  return (holder.components ?? []).some((field) => field.id === id || contains(field, id));
}

/** Whether a field stands in the rows of a list, where conditions say `this.` of their own row. */
export function inList(schema, id) {
  return scopeOf(schema, id)?.type === 'dynamiclist';
}

/** What form-js cannot even open: kinds it has never heard of. */
export function unknownFields(schema, known) {
  return (schema.components ?? []).flatMap((field) => (known.has(field?.type) ? unknownFields(field, known) : [field]));
}

class Keys extends FieldFactory {
  static $inject = ['formFieldRegistry', 'pathRegistry', 'formFields', 'formEditor'];

  constructor(formFieldRegistry, pathRegistry, formFields, formEditor) {
    super(formFieldRegistry, pathRegistry, formFields);
    this.formEditor = formEditor;
  }

  _getUniqueKeyPath(field) {
    const taken = new Set();
    const collect = ({ components = [] }) => components.forEach((each) => { taken.add(keyOf(each)); collect(each); });
    collect(this.formEditor._getState().schema ?? {});
    return freeKey(keyFrom(field.label), taken);
  }
}

/** Names each kind in Chinese, gives new fields what they need, and takes the rest out of the palette. */
class Vocabulary {
  static $inject = ['formFields'];

  constructor(formFields) {
    for (const [type, { config }] of Object.entries(formFields._formFields)) {
      const kind = KINDS[type];
      config.name = nameOf(type);
      config.label = undefined;
      config.group = kind?.group; // without one it stands in no palette: see chinese.mjs
      if (!kind || config.studio) continue;
      const { create } = config;
      const label = ['text', 'separator', 'spacer'].includes(type) ? {} : { label: kind.name };
      config.create = (options, fresh) => {
        const given = fresh ? { ...label, ...structuredClone(kind.fresh), ...options } : options;
        return create(picksPeople(given) ? { ...given, values: SOMEBODY } : given, fresh);
      };
      config.studio = true;
    }
  }
}

export const vocabulary = {
  __init__: ['vocabulary'],
  vocabulary: ['type', Vocabulary],
  fieldFactory: ['type', Keys],
};
