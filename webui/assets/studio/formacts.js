// What the panel does to the form: each is one step to undo.
import { dated } from './formpanel.jsx';
import { fieldsBeside, freeKey, isContainer, keyFrom, keyName, keyOf } from './formfields.js';
import { reads, renamed } from './formconditions.js';

/** A command: a field changes its key, and the conditions of the form that read it change with it. */
class Rekey {
  static $inject = ['modeling', 'formEditor'];

  constructor(modeling, formEditor) {
    Object.assign(this, { modeling, formEditor });
  }

  preExecute({ field, changes, key }) {
    const before = keyOf(field);
    const { schema } = this.formEditor._getState();
    this.modeling.editFormField(field, { ...changes, [keyName(field)]: key });
    for (const other of beside(schema, field)) {
      const hide = other.conditional?.hide;
      if (before && hide && reads(hide, before)) {
        this.modeling.editFormField(other, { conditional: { hide: renamed(hide, before, key) } });
      }
    }
  }
}

export const rekeying = {
  __init__: [['commandStack', 'eventBus', (commandStack, eventBus) => {
    eventBus.on('form.init', () => commandStack.registerHandler('studio.rekey', Rekey));
  }]],
};

/** `stored`: key → label the form came with; those keys change only when somebody says so. */
export function actions(editor, stored) {
  const modeling = editor.get('modeling');
  const registry = editor.get('formFieldRegistry');
  const schema = () => editor._getState().schema;
  const rekey = (field, changes, key) => editor.get('commandStack').execute('studio.rekey', { field, changes, key });
  const place = (field) => {
    const parent = registry.get(field._parent);
    return { parent, index: parent.components.findIndex(({ id }) => id === field.id) };
  };
  return {
    edit: (field, changes) => modeling.editFormField(field, changes),
    rename: (field, key) => rekey(field, {}, key),
    relabel(field, label) {
      const changes = field.type === 'datetime' ? dated(field, field.subtype ?? 'date', label) : { label };
      const key = keyOf(field);
      const follows = key && !stored.has(key) && key.replace(/\d+$/, '') === keyFrom(field.label).replace(/\d+$/, '');
      if (!follows) {
        modeling.editFormField(field, changes);
        return;
      }
      const taken = new Set(fieldsBeside(schema(), field.id).filter(({ id }) => id !== field.id).map(keyOf));
      rekey(field, changes, freeKey(keyFrom(label), taken));
    },
    move(field, by) {
      const { parent, index } = place(field);
      const next = parent.components[index + by];
      let [target, at] = [parent, by < 0 ? index - 1 : index + 2];
      if (next && isContainer(next)) [target, at] = [next, by < 0 ? next.components.length : 0];
      else if (!next && parent.type === 'default') return;
      else if (!next) [target, at] = [place(parent).parent, place(parent).index + (by < 0 ? 0 : 1)];
      modeling.moveFormField(field, parent, target, index, at, null, null);
    },
    remove(field) {
      const { parent, index } = place(field);
      modeling.removeFormField(field, parent, index);
    },
  };
}

/** All that stands in the same form or the same list, whatever its kind: each may have a condition. */
function* beside(schema, field) {
  const mates = new Set(fieldsBeside(schema, field.id).map(({ id }) => id));
  yield* within(schema, mates);
}

function* within(holder, mates) {
  const here = (holder.components ?? []).some(({ id }) => mates.has(id));
  for (const each of holder.components ?? []) {
    if (here) yield each;
    yield* within(each, mates);
  }
}
