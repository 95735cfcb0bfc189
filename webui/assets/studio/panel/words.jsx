/** @jsxImportSource @bpmn-io/properties-panel/preact */
// Settings that are lists of words: of one's own, some of those of another setting, posts, clauses.
import { useService } from 'bpmn-js-properties-panel';

import { Remove, Tick } from './field.jsx';
import { Chips, Picker } from './picker.jsx';

export const split = (text) => text.split(/\s+/).filter(Boolean);

export function WordsBox({ id, setting, value, commit }) {
  const words = split(value);
  const put = (next) => commit([...new Set(next)].join(' '));
  const offered = (setting.choices ?? []).filter((choice) => !words.includes(choice.value));
  return (
    <div role="group" aria-labelledby={`${id}-label`}>
      <Chips words={words} change={put} order />
      <Picker
        id={id}
        free
        options={offered}
        placeholder={words.length ? '再加一个' : '写一个词，按回车'}
        pick={(typed) => put([...words, ...typed.split(/[\s、，,；;]+/).filter(Boolean)])}
      />
    </div>
  );
}

/** Ticks: of fixed choices, or of the words another setting has; `put` gets those chosen, in the order offered. */
export function SeveralBox({ id, options, words, put, label }) {
  const unknown = words.filter((word) => !options.some((option) => option.value === word));
  const every = [...options, ...unknown.map((word) => ({ value: word, title: `${word}（已经没有了）` }))];
  const toggle = (word, on) => {
    const next = on ? [...words, word] : words.filter((each) => each !== word);
    put(every.map((option) => option.value).filter((each) => next.includes(each)));
  };
  return (
    <div
      class="panel-ticks"
      role="group"
      aria-label={label}
      aria-labelledby={label ? undefined : `${id}-label`}
    >
      {every.map((option, place) => (
        <Tick
          key={option.value}
          id={place ? undefined : id}
          checked={words.includes(option.value)}
          commit={(on) => toggle(option.value, on)}
        >
          {option.title}
        </Tick>
      ))}
    </div>
  );
}

export function DesignationsBox({ id, setting, value, commit }) {
  const catalogue = useService('catalogue');
  const words = split(value);
  const posts = catalogue.found.designations.map((each) => ({
    value: each.name,
    title: each.name,
    about: aboutPost(each),
  }));
  const every = [...(setting.choices ?? []), ...posts];
  const titles = Object.fromEntries(every.map((option) => [option.value, option.title]));
  return (
    <div role="group" aria-labelledby={`${id}-label`}>
      <Chips words={words} titles={titles} change={(next) => commit(next.join(' '))} />
      <Picker
        id={id}
        placeholder={words.length ? '再加一个' : '选岗位、身份'}
        options={every.filter((option) => !words.includes(option.value))}
        pick={(word) => commit([...words, word].join(' '))}
      />
    </div>
  );
}

export function aboutPost({ sort, levels, members }) {
  return [sort, levels.join('、'), members.length ? `就是${members.join('、')}` : ''].filter(Boolean).join(' · ');
}

export function ClausesBox({ id, value, commit }) {
  const catalogue = useService('catalogue');
  const words = split(value);
  const options = catalogue.found.clauses
    .filter((each) => !words.includes(each.id))
    .map((each) => ({ value: each.id, title: each.id, about: each.text }));
  return (
    <div role="group" aria-labelledby={`${id}-label`}>
      {words.map((number) => (
        <p class="panel-card" key={number}>
          <strong>{number}</strong> {catalogue.clause(number)?.text ?? '条款总表里没有这个编号'}
          <Remove label={`去掉“${number}”`} onClick={() => commit(words.filter((each) => each !== number).join(' '))} />
        </p>
      ))}
      <Picker
        id={id}
        options={options}
        placeholder="找条款：写编号或者条文里的字"
        pick={(number) => commit([...words, number].join(' '))}
      />
    </div>
  );
}
