/** @jsxImportSource @bpmn-io/properties-panel/preact */
// One of the procedure's parameters stands for a setting: chosen, or made on the spot.
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { DurationBox } from './duration.jsx';
import { Choose, Note, TextBox } from './field.jsx';

const NEW = '＋new';

export function ParameterBox({ id, setting, value, commit, types }) {
  const catalogue = useService('catalogue');
  const [making, setMaking] = useState(false);
  const name = value.startsWith('{') ? value.slice(1, -1).trim() : '';
  const offered = catalogue.parameters(types).filter((one) => types[0] !== 'choice' || fits(one, setting));
  const options = [
    ...(name ? [] : [{ value: '', title: '选一个参数' }]),
    ...offered.map((one) => ({ value: one.name, title: `${one.title}（${one.shown}）` })),
    { value: NEW, title: '＋ 新建参数…' },
  ];
  const chosen = catalogue.parameter(name);
  return (
    <>
      <Choose
        id={id}
        value={making ? NEW : name}
        options={options}
        commit={(next) => {
          setMaking(next === NEW);
          if (next && next !== NEW) commit(`{${next}}`);
        }}
      />
      {making ? (
        <NewParameter
          id={id}
          setting={setting}
          types={types}
          made={(made) => {
            setMaking(false);
            commit(`{${made}}`);
          }}
        />
      ) : (
        <Note>{chosen && `乡镇可以改成${chosen.bounds ? ` ${chosen.bounds}` : '别的'}`}</Note>
      )}
    </>
  );
}

function fits({ choices }, setting) {
  return choices.every((word) => setting.choices.some(({ title }) => title === word));
}

function NewParameter({ id, setting, types, made }) {
  const catalogue = useService('catalogue');
  const [name, setName] = useState('');
  const [value, setValue] = useState(first(types[0], setting));
  const [least, setLeast] = useState(null); // as long as nobody says otherwise: not below what it is by default
  const [why, setWhy] = useState('');
  const bounded = ['duration', 'integer', 'number', 'fraction'].includes(types[0]);
  const make = async () => {
    const written = name.trim();
    try {
      await catalogue.make({
        name: written,
        title: written,
        type: types[0],
        ...given(types[0], value, setting),
        ...(bounded && { minimum: given(types[0], least ?? value, setting).default }),
      });
      made(written);
    } catch (refused) {
      setWhy(
        [refused.message, ...Object.values(refused.fields ?? {})]
          .filter((text, at, all) => all.indexOf(text) === at)
          .join('；'),
      );
    }
  };
  return (
    <div class="panel-card" role="group" aria-label="新建参数">
      <label for={`${id}-new-name`}>参数的名称</label>
      <TextBox
        id={`${id}-new-name`}
        value={name}
        commit={setName}
        placeholder={`如 ${setting.title}`}
        onInput={(event) => setName(event.target.value)}
      />
      <label for={`${id}-new-value`}>默认值</label>
      <ValueBox id={`${id}-new-value`} type={types[0]} label="默认值" value={value} commit={setValue} />
      {bounded && <label for={`${id}-new-least`}>最少</label>}
      {bounded && (
        <ValueBox id={`${id}-new-least`} type={types[0]} label="最少" value={least ?? value} commit={setLeast} />
      )}
      <button type="button" class="panel-add" disabled={!name.trim() || !value} onClick={make}>
        建立并使用
      </button>
      <Note bad>{why}</Note>
      <Note>
        最多、依据可以到
        <a href={`${catalogue.path}/parameters`} target="_blank" rel="noopener">
          参数
        </a>
        里补
      </Note>
    </div>
  );
}

function ValueBox({ type, label, ...box }) {
  if (type === 'duration') return <DurationBox {...box} label={label} />;
  return <TextBox {...box} onInput={(event) => box.commit(event.target.value)} />;
}

function first(type, setting) {
  if (type === 'duration') return '7d';
  if (type === 'fraction') return '2/3';
  if (type === 'choice') return setting.choices[0].title;
  return setting.default ?? '';
}

function given(type, value, setting) {
  if (type === 'integer' || type === 'number') return { default: Number(value) };
  if (type === 'list') return { default: value.split(/\s+/).filter(Boolean) };
  if (type === 'choice') return { default: value, choices: setting.choices.map(({ title }) => title) };
  return { default: value };
}
