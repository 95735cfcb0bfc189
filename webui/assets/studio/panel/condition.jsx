/** @jsxImportSource @bpmn-io/properties-panel/preact */
// The builder of conditions; what it writes stays in sight and can be written by hand.
import { useEffect, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { AreaBox, Choose, Note, Remove, TextBox } from './field.jsx';
import { useReadables } from './readables.js';
import { readCondition, writeCondition } from './rows.js';
import { SeveralBox } from './words.jsx';

const NUMBERS = [
  { value: '>=', title: '至少' },
  { value: '>', title: '大于' },
  { value: '<=', title: '至多' },
  { value: '<', title: '小于' },
  { value: '==', title: '等于' },
  { value: '!=', title: '不等于' },
];
const TEXTS = [
  { value: '==', title: '是' },
  { value: '!=', title: '不是' },
];
const WORDS = [...TEXTS, { value: 'in', title: '是其中之一' }];
const YES = [
  { value: 'yes', title: '是' },
  { value: 'no', title: '否' },
];
const FILLED = [
  { value: 'yes', title: '有内容' },
  { value: 'no', title: '没有内容' },
];

export function ConditionBox({ id, element, value, commit, title, extra = [] }) {
  const { results, why } = useReadables(element);
  const readables = useService('readables');
  const names = useService('resultNames');
  const editing = useService('editing');
  const [wrong, setWrong] = useState('');
  const found = value ? readCondition(value) : { any: false, rows: [] };
  useEffect(() => {
    let wanted = true;
    setWrong('');
    const say = (said) => wanted && setWrong(said ?? '');
    if (value) readables.problem(element, value).then(say, (refused) => say(refused.message));
    return () => {
      wanted = false;
    };
  }, [element, value]);
  const named = (results ?? []).map((each) => ({ ...each, path: names.current(each.path) }));
  const fields = fieldsOf(named, useService('catalogue'), extra);
  const put = (next) => editing.together(() => commit(writeCondition(names.readable(next))));
  return (
    <div class="panel-rows" role="group" aria-label={title}>
      {found && !results && <Note>正在看前面各步有哪些结果……</Note>}
      {found && results && <Rows {...{ id, found, fields, title, put }} />}
      {!found && (
        <>
          <Note>这个条件写得比较复杂，只能在下面改文字</Note>
          <button type="button" class="panel-add" onClick={() => commit('')}>
            不要它，重新选
          </button>
        </>
      )}
      <label for={`${id}-text`} class="panel-small">
        写出来就是
      </label>
      <AreaBox id={`${id}-text`} rows={2} value={value} commit={commit} placeholder="还没有条件" />
      <Note bad>{wrong || why}</Note>
    </div>
  );
}

function Rows({ id, found, fields, title, put }) {
  const { rows, any } = found;
  const change = (place, row) => put({ any, rows: rows.map((each, at) => (at === place ? row : each)) });
  const add = () =>
    put({ any, rows: [...rows, rowFor(fields.find(({ sort }) => sort === 'text' || sort === 'number') ?? fields[0])] });
  return (
    <>
      {rows.length > 1 && (
        <Choose
          label={`${title}：几条的关系`}
          value={any ? 'or' : 'and'}
          commit={(word) => put({ any: word === 'or', rows })}
          options={[
            { value: 'and', title: '下面几条都满足' },
            { value: 'or', title: '下面几条满足一条就行' },
          ]}
        />
      )}
      {rows.map((row, place) => (
        <Row
          key={place}
          id={place ? `${id}-${place}` : id}
          row={row}
          fields={fields}
          change={(next) => change(place, next)}
          remove={() => put({ any, rows: rows.filter((_, at) => at !== place) })}
        />
      ))}
      <button type="button" class="panel-add" id={rows.length ? undefined : id} disabled={!fields.length} onClick={add}>
        ＋ 加一条
      </button>
      {!fields.length && <Note>前面还没有哪一步有结果可以看</Note>}
    </>
  );
}

function Row({ id, row, fields, change, remove }) {
  const field = fields.find(({ path }) => path === row.path) ?? {
    path: row.path,
    step: '别的',
    label: row.path,
    sort: 'any',
    choices: [],
  };
  const comparisons = comparisonsOf(field);
  return (
    <div class="panel-card">
      <div class="panel-row">
        <FieldChoice id={id} field={field} fields={fields} change={(next) => change(rowFor(next))} />
        <Remove label={`去掉“${field.step} ${field.label}”这一条`} onClick={remove} />
      </div>
      <div class="panel-row">
        <Choose
          wide={false}
          label="怎样比较"
          value={row.is}
          options={comparisons}
          commit={(is) => change({ ...row, is, value: valueFor(is, row.value, field) })}
        />
        <Value id={id} row={row} field={field} change={(value) => change({ ...row, value })} />
      </div>
    </div>
  );
}

/** Fields under the step they belong to, the nearest step first. */
function FieldChoice({ id, field, fields, change }) {
  const steps = [...new Set([...fields.map(({ step }) => step), field.step])];
  const every = fields.includes(field) ? fields : [...fields, field];
  return (
    <select
      id={id}
      class="panel-box"
      aria-label="哪一步的结果"
      value={field.path}
      onChange={(event) => change(every.find(({ path }) => path === event.target.value))}
    >
      {steps.map((step) => (
        <optgroup label={step} key={step}>
          {every
            .filter((each) => each.step === step)
            .map(({ path, label }) => (
              <option key={path} value={path} selected={path === field.path}>{`${step} · ${label}`}</option>
            ))}
        </optgroup>
      ))}
    </select>
  );
}

function Value({ id, row, field, change }) {
  const catalogue = useService('catalogue');
  const options = field.choices.map((word) => ({ value: word, title: word }));
  if (row.is === 'yes' || row.is === 'no') return null;
  if (row.is === 'in') {
    const words = row.value ?? [];
    const offered = options.length ? options : words.map((word) => ({ value: word, title: word }));
    return (
      <>
        <SeveralBox id={`${id}-value`} label="值" options={offered} words={words} put={change} />
        <Note bad>{words.length ? '' : '至少勾一个，不然永远不会走这条'}</Note>
      </>
    );
  }
  const named = typeof row.value === 'object' ? `{${row.value.name}}` : '';
  const parameters = catalogue
    .parameters(field.sort === 'number' ? ['number', 'integer', 'money'] : ['choice'])
    .map(({ name, title, shown }) => ({ value: `{${name}}`, title: `参数：${title}（${shown}）` }));
  if (options.length) {
    return (
      <Choose
        label="值"
        wide={false}
        value={named || row.value}
        options={named ? [...options, ...parameters] : options}
        commit={(text) => change(typed(text, field))}
      />
    );
  }
  return (
    <>
      {!named && (
        <TextBox
          aria-label="值"
          wide={false}
          type={field.sort === 'number' ? 'number' : 'text'}
          step="any"
          value={String(row.value)}
          commit={(text) => change(typed(text, field))}
        />
      )}
      {parameters.length > 0 && (
        <Choose
          label="写数还是用参数"
          wide={false}
          value={named}
          options={[{ value: '', title: named ? '自己写' : '或者用参数…' }, ...parameters]}
          commit={(text) => change(text ? { name: text.slice(1, -1) } : field.sort === 'number' ? 0 : '')}
        />
      )}
    </>
  );
}

// ---------------------------------------------------------------- parts

/** What rows can compare: fields with a single value, how many a list has, and parameters that are words or numbers. */
function fieldsOf(results, catalogue, extra) {
  const single = results.filter(
    ({ item, sort }) => !item && ['text', 'number', 'boolean', 'date', 'any'].includes(sort),
  );
  const lists = results
    .filter(({ item, sort }) => !item && sort === 'list')
    .map((each) => ({ ...each, path: `len(${each.path})`, label: `${each.label}（有几项）`, sort: 'number' }));
  const parameters = catalogue
    .parameters(['number', 'integer', 'money', 'choice'])
    .map(({ name, title, type, choices }) => ({
      path: name,
      step: '参数',
      label: title,
      sort: type === 'choice' ? 'text' : 'number',
      choices,
    }));
  const steps = [...new Set(results.map(({ step }) => step))];
  const order = ({ step }) => steps.indexOf(step);
  return [...extra, ...[...single, ...lists].sort((one, other) => order(one) - order(other)), ...parameters].map(
    (field) => ({ ...field, choices: field.choices ?? [] }),
  );
}

function comparisonsOf({ sort, choices }) {
  if (sort === 'boolean') return YES;
  if (sort === 'number') return NUMBERS;
  return choices.length ? WORDS : [...TEXTS, ...FILLED, ...(sort === 'any' ? NUMBERS.slice(0, 4) : [])];
}

function rowFor(field) {
  const is = comparisonsOf(field)[0].value;
  return { path: field.path, is, value: valueFor(is, undefined, field) };
}

function valueFor(is, before, { sort, choices }) {
  if (is === 'in') return Array.isArray(before) ? before : before ? [before] : choices.slice(0, 1);
  const single = Array.isArray(before) ? before[0] : before;
  return single ?? (sort === 'number' ? 0 : (choices[0] ?? ''));
}

function typed(text, { sort }) {
  if (text.startsWith('{')) return { name: text.slice(1, -1) };
  return sort === 'number' || (sort === 'any' && /^-?\d+(\.\d+)?$/.test(text)) ? Number(text) : text;
}
