/** @jsxImportSource @bpmn-io/properties-panel/preact */
// One setting of a step: a value written here, or one of the procedure's parameters, or what was filled in before.
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { DurationBox } from './duration.jsx';
import { AreaBox, Choose, Field, TextBox, Tick } from './field.jsx';
import { FormBox } from './forms.jsx';
import { KeyBox } from './key.jsx';
import { ParameterBox } from './parameter.jsx';
import { PathBox, ResultBox, ResultsBox } from './results.jsx';
import { ThresholdsBox } from './thresholds.jsx';
import { ClausesBox, DesignationsBox, SeveralBox, WordsBox, split } from './words.jsx';

const OWN = 'own'; // stands for "written here" among fixed choices
const LISTS = ['designations', 'words', 'several', 'thresholds', 'results'];

/** An entry of the panel for a setting, with what is written there now. */
export function SettingEntry({ element, setting, id }) {
  const editing = useService('editing');
  const settings = editing.settings(element);
  const value = settings[setting.name] ?? '';
  const commit = (text) => editing.set(element, { [setting.name]: text });
  return <Sourced {...{ id, element, setting, settings, value, commit }} />;
}

/** Where the value comes from is chosen beside the label, where there is a choice. */
export function Sourced({ id, element, setting, settings, value, commit }) {
  const catalogue = useService('catalogue');
  const [wanted, setWanted] = useState(null);
  useEffect(() => setWanted(null), [element, value]);
  const types = setting.sort === 'thresholds' ? [] : (setting.parameters ?? []); // they take parameters row by row
  const source = wanted ?? sourceOf(value, setting, catalogue);
  const sources = [
    { value: OWN, title: '写在这里' },
    ...(types.length ? [{ value: 'parameter', title: '用参数' }] : []),
    ...(setting.data && setting.sort !== 'results' ? [{ value: 'data', title: '用前面填的' }] : []),
  ];
  const change = (next) => {
    setWanted(next);
    if (next === OWN && source !== OWN && value) commit(defaultOf(value, catalogue));
  };
  const side = sources.length > 1 && (
    <span class="panel-side">
      <Choose wide={false} label={`${setting.title}：从哪里来`} value={source} options={sources} commit={change} />
    </span>
  );
  const shown = setting.default
    ? `不写就是：${titlesOf(setting, setting.default)}`
    : setting.otherwise
      ? `不写：${setting.otherwise}`
      : '';
  const plain = LISTS.includes(setting.sort) ? shown : ''; // elsewhere the empty box says it
  const help = [setting.help, value || setting.required ? '' : plain].filter(Boolean).join('；');
  const box = { id, element, setting, settings, value, commit, shown };
  if (setting.sort === 'switch') return <SwitchField {...box} />;
  return (
    <Field
      id={id}
      label={setting.title}
      must={setting.required && !value}
      side={side}
      help={help}
      clause={setting.clause}
    >
      {source === 'parameter' ? (
        <ParameterBox {...box} types={types} />
      ) : source === 'data' ? (
        <PathBox {...box} />
      ) : (
        <OwnBox {...box} />
      )}
    </Field>
  );
}

function OwnBox(box) {
  const { setting } = box;
  if (setting.sort === 'designations') return <DesignationsBox {...box} />;
  if (setting.words_of) return <SeveralBox {...several(box)} options={wordsOf(box)} />;
  if (setting.sort === 'several') return <SeveralBox {...several(box)} options={setting.choices} />;
  if (setting.sort === 'words') return <WordsBox {...box} />;
  if (setting.choices) return <ChoiceBox {...box} />;
  return <PlainBox {...box} />;
}

function several({ id, value, commit }) {
  return { id, words: split(value), put: (words) => commit(words.join(' ')) };
}

/** One of fixed choices; where the setting is no mere choice, something of one's own besides. */
function ChoiceBox(box) {
  const { id, setting, value, commit, shown } = box;
  const [own, setOwn] = useState(false);
  const free = setting.sort !== 'choice';
  const fixed = setting.choices.some((choice) => choice.value === value);
  const writes = free && (own || (value && !fixed));
  const nothing =
    setting.default && setting.choices.some(({ value: one }) => one === setting.default)
      ? []
      : [{ value: '', title: shown || '（没有选）' }];
  const options = [...nothing, ...setting.choices, ...(free ? [{ value: OWN, title: '自己写…' }] : [])];
  const pick = (next) => {
    setOwn(next === OWN);
    if (next !== OWN) commit(next === setting.default ? '' : next);
    else if (fixed) commit('');
  };
  return (
    <>
      <Choose
        id={id}
        value={writes ? OWN : value || (nothing.length ? '' : setting.default)}
        options={options}
        commit={pick}
      />
      {writes && <PlainBox {...box} id={`${id}-own`} labelled />}
    </>
  );
}

function PlainBox({ id, element, setting, value, commit, shown, labelled }) {
  const more = { id, value, commit, ...(labelled && { 'aria-label': setting.title }) };
  switch (setting.sort) {
    case 'area':
      return <AreaBox {...more} placeholder={shown} />;
    case 'duration':
      return <DurationBox {...more} label={setting.title} units={setting.units} />;
    case 'number':
      return (
        <TextBox
          {...more}
          wide={false}
          type="number"
          min="0"
          step="1"
          inputmode="numeric"
          placeholder={setting.default}
        />
      );
    case 'thresholds':
      return <ThresholdsBox {...more} setting={setting} />;
    case 'form':
      return <FormBox {...more} setting={setting} />;
    case 'path':
      return <PathBox {...more} element={element} setting={setting} />;
    case 'results':
      return <ResultsBox {...more} element={element} setting={setting} />;
    case 'result':
      return <ResultBox {...more} element={element} setting={setting} />;
    case 'clauses':
      return <ClausesBox {...more} />;
    case 'key':
      return <KeyBox {...more} element={element} />;
    default:
      return <TextBox {...more} placeholder={shown} />;
  }
}

/** A tick says by itself what it is for. */
function SwitchField({ id, setting, value, commit }) {
  const on = (value || setting.default) === 'yes';
  const put = (next) => commit((next ? 'yes' : 'no') === setting.default ? '' : next ? 'yes' : 'no');
  return (
    <div class="bio-properties-panel-entry panel-field" data-entry-id={id}>
      <Tick id={id} checked={on} commit={put}>
        {setting.title}
      </Tick>
      {setting.help && <p class="panel-help">{setting.help}</p>}
    </div>
  );
}

// ---------------------------------------------------------------- parts

function sourceOf(value, { data, parameters }, catalogue) {
  const name = value.match(/^\{\s*([^{}]*?)\s*\}$/)?.[1];
  if (name === undefined) return OWN;
  if (parameters?.length && (catalogue.parameter(name) || !name.includes('.'))) return 'parameter';
  return data ? 'data' : OWN;
}

/** What a parameter has by default, when the designer writes the value here instead. */
function defaultOf(value, catalogue) {
  const given = catalogue.parameter(value.slice(1, -1).trim())?.default;
  return Array.isArray(given) ? given.join(' ') : given === undefined ? '' : String(given);
}

function wordsOf({ setting, settings }) {
  return split(settings[setting.words_of] ?? '').map((word) => ({ value: word, title: word }));
}

/** The words of a value as people read them. */
function titlesOf({ choices = [] }, value) {
  return split(value)
    .map(
      (word) =>
        choices.find((choice) => choice.value === word)?.title ??
        (word === 'any' ? '哪种都行' : word === 'no' ? '否' : word === 'yes' ? '是' : word),
    )
    .join('、');
}
