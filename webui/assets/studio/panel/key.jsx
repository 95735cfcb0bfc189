/** @jsxImportSource @bpmn-io/properties-panel/preact */
// The name of a step's result. Changed, it is changed wherever the drawing reads it.
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { Note, TextBox } from './field.jsx';
import { readersOf } from './renaming.js';

const NAME = /^[\p{L}][\p{L}\p{N}_]*$/u;

export function KeyBox({ id, element, value, commit }) {
  const editing = useService('editing');
  const registry = useService('elementRegistry');
  const [said, setSaid] = useState('');
  const before = value || element.id;
  const readers = readersOf(registry, before);
  const refuse = (text) => {
    const name = text.trim();
    if (name && !NAME.test(name)) return `“${name}”不能用：只用汉字、字母和数字，不能以数字开头，请改一个`;
    const taken = name && registry.filter((one) => one !== element && editing.settings(one).key === name)[0];
    return taken ? `“${taken.businessObject.name ?? taken.id}”已经用了这个名字，请改一个` : '';
  };
  const change = (text) => {
    const name = text.trim();
    editing.together(() => {
      for (const { write } of readers) write(name || element.id, editing);
      commit(name);
    });
    setSaid(readers.length ? `图里用到它的 ${readers.length} 处一起改了` : '');
  };
  const used = readers.length ? `图里有 ${readers.length} 处用到它，改名时一起改` : '';
  return (
    <>
      <TextBox id={id} value={value} commit={change} refuse={refuse} placeholder={element.id} />
      <Note>{said || used}</Note>
    </>
  );
}
