/** @jsxImportSource @bpmn-io/properties-panel/preact */
// Settings that name earlier steps, or a place in what they came to.
import { Choose, Note, TextBox } from './field.jsx';
import { Chips, Picker } from './picker.jsx';
import { useReadables } from './readables.js';

const PEOPLE = ['who', 'handlers', 'not_who'];
const THROUGH_LISTS = ['handlers', 'not_who']; // these look at each item of a list
const WANTED = {
  due: ['date', 'text'],
  motions: ['list', 'text', 'record'],
  candidates: ['list', 'people', 'text'],
  seats: ['number'],
  title: ['text', 'any'],
};

/** Several earlier steps by the names of their results; some settings take people of the data besides, in braces. */
export function ResultsBox({ id, element, setting, value, commit }) {
  const { results, why } = useReadables(element);
  const words = value.match(/\{[^{}]*\}|\S+/g) ?? [];
  const steps = stepsOf(results ?? []);
  const people = setting.data ? choicesOf(results ?? [], setting.name) : [];
  const options = [...steps, ...people].filter((option) => !words.includes(option.value));
  const titles = Object.fromEntries([...steps, ...people].map((option) => [option.value, option.title]));
  return (
    <div role="group" aria-labelledby={`${id}-label`}>
      <Chips words={words} titles={titles} change={(next) => commit(next.join(' '))} />
      <Picker
        id={id}
        options={options}
        placeholder={words.length ? '再加一个' : '选前面的步骤'}
        pick={(word) => commit([...words, word].join(' '))}
      />
      <Note bad>{why}</Note>
    </div>
  );
}

/** One earlier step. */
export function ResultBox({ id, element, setting, value, commit }) {
  const { results, why } = useReadables(element);
  const steps = stepsOf((results ?? []).filter(({ kind }) => !setting.kinds?.length || setting.kinds.includes(kind)));
  const options = [{ value: '', title: setting.otherwise }, ...steps];
  return (
    <>
      <Choose
        id={id}
        value={value}
        options={results || !value ? options : [...options, { value, title: value }]}
        commit={commit}
      />
      <Note bad>{why}</Note>
    </>
  );
}

/** A place in the data, in braces; anything else that is written there can be changed as text. */
export function PathBox({ id, element, setting, value, commit }) {
  const { results, why } = useReadables(element);
  const options = choicesOf(results ?? [], setting.name);
  const known = options.find((option) => option.value === value);
  if (value && results && !known) {
    return (
      <>
        <TextBox id={id} value={value} commit={commit} />
        <Note>这里写的不是前面某一项，清空以后可以重新选</Note>
      </>
    );
  }
  return (
    <div role="group" aria-labelledby={`${id}-label`}>
      {value && <Chips words={[value]} titles={known ? { [value]: known.title } : {}} change={() => commit('')} />}
      <Picker
        id={id}
        free
        options={options}
        placeholder={value ? '换一个' : `不选：${setting.otherwise ?? '没有'}`}
        pick={(typed) => commit(typed.startsWith('{') ? typed : `{${typed}}`)}
      />
      <Note bad>{why}</Note>
    </div>
  );
}

/** What fits a setting, the likeliest first. */
function choicesOf(results, name) {
  const wanted = PEOPLE.includes(name) ? ['people'] : WANTED[name];
  const whole =
    name === 'candidates' || name === 'motions'
      ? stepsOf(results).map((step) => ({ ...step, value: `{${step.value}}` }))
      : [];
  const fitting = results
    .filter(({ item, sort }) => (!item || THROUGH_LISTS.includes(name)) && (!wanted || wanted.includes(sort)))
    .sort((one, other) => (wanted ? wanted.indexOf(one.sort) - wanted.indexOf(other.sort) : 0));
  return [
    ...fitting.map(({ path, step, label }) => ({ value: `{${path}}`, title: `${step} · ${label}`, about: path })),
    ...whole,
  ];
}

/** The steps whose results there are, each once. */
function stepsOf(results) {
  const found = new Map(results.filter(({ kind, key }) => kind && key).map(({ key, step }) => [key, step]));
  return [...found].map(([key, step]) => ({ value: key, title: step, about: key }));
}
