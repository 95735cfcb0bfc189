// What can be chosen in a field: words the designer lists, or the people who hold certain posts.
import { Section, Text } from './formentries.jsx';
import { SOMEBODY, picksPeople } from './formfields.js';

export function Options({ field, edit, designations }) {
  const people = String(field.properties?.people ?? '').split(' ').filter(Boolean);
  const picks = picksPeople(field);
  const lists = () => edit({
    values: [{ label: '选项一', value: '选项一' }, { label: '选项二', value: '选项二' }],
    properties: without(field.properties, 'people'),
  });
  const asks = () => edit({ values: SOMEBODY, properties: { ...field.properties, people: '' } });
  const name = (names) => edit({ properties: { ...field.properties, people: names.join(' ') } });
  return (
    <Section title="从哪里选">
      <div class="form-check"><input class="form-check-input" type="radio" name="options" id="options-listed"
        checked={!picks} onChange={lists} /><label class="form-check-label" for="options-listed">写好的选项</label></div>
      <div class="form-check"><input class="form-check-input" type="radio" name="options" id="options-people"
        checked={picks} onChange={asks} /><label class="form-check-label" for="options-people">选人（按岗位、身份）</label></div>
      {picks ? <People names={people} known={designations} onChange={name} /> : <Listed field={field} edit={edit} />}
    </Section>
  );
}

function Listed({ field, edit }) {
  const values = field.values ?? [];
  const text = values.map(({ label, value }) => label ?? value).join('\n');
  const put = (typed) => {
    const words = [...new Set(typed.split('\n').map((word) => word.trim()).filter(Boolean))];
    const before = new Map(values.map((option) => [option.label, option]));
    edit({ values: words.map((word) => before.get(word) ?? { label: word, value: word }) });
  };
  const check = (typed) => (typed.trim() ? '' : '至少写一个选项');
  return (
    <Text id="panel-values" label="选项" rows={Math.min(12, Math.max(3, values.length + 1))} value={text} check={check}
      onChange={put}
      hint="一行一个。流程图里的条件按这些字判断，改了字，条件要跟着改。" />
  );
}

function People({ names, known, onChange }) {
  // While somebody types nothing is taken: 村民 is a name, and the beginning of another.
  const add = (event) => {
    const picked = event.type === 'change' || event.key === 'Enter' || event.inputType === 'insertReplacementText';
    const name = picked ? event.target.value.trim() : '';
    if (!known.some((each) => each.name === name)) return;
    event.target.value = '';
    if (!names.includes(name)) onChange([...names, name]);
  };
  return (
    <div class="panel-entry">
      <label class="form-label" for="panel-people">从谁里面选</label>
      {names.map((name) => (
        <span class="panel-person" key={name}>
          {name}
          <button type="button" aria-label={`去掉${name}`}
            onClick={() => onChange(names.filter((each) => each !== name))}>×</button>
        </span>
      ))}
      <input id="panel-people" class="form-control" list="panel-posts" placeholder="打几个字，选岗位或身份" autoComplete="off"
        onInput={add} onChange={add} onKeyDown={add} />
      <datalist id="panel-posts">
        {known.map(({ name, about }) => <option key={name} value={name}>{about}</option>)}
      </datalist>
      <div class="form-text">名单由系统按登记的人给出，填的时候按姓名选。</div>
      {!names.length && <div class="invalid-feedback d-block">还没有选岗位或身份</div>}
    </div>
  );
}

function without(properties, name) {
  const { [name]: _, ...kept } = properties ?? {};
  return Object.keys(kept).length ? kept : undefined;
}
