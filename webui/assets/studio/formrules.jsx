// When a field is asked for: rows that read like a sentence, made of the other fields; what is more stays text.
import { Section, Text } from './formentries.jsx';
import { OPERATORS, hideOf, rowsOf } from './formconditions.js';
import { fieldsBeside, inList, isChoice, keyOf } from './formfields.js';

const READABLE = ['textfield', 'textarea', 'number', 'radio', 'select', 'checkbox', 'datetime'];

export function Conditions({ field, schema, edit }) {
  const hide = field.conditional?.hide;
  const prefix = inList(schema, field.id) ? 'this.' : '';
  const others = fieldsBeside(schema, field.id).filter((each) => each.id !== field.id && READABLE.includes(each.type));
  const known = rowsOf(hide);
  const state = known ?? { all: true, rows: [] };
  const put = (next) => {
    const text = hideOf(next);
    edit({ conditional: text ? { hide: text } : undefined });
  };
  const change = (place, row) => put({ ...state, rows: Object.assign([...state.rows], { [place]: row }) });
  const first = others.find((each) => isChoice(each) || each.type === 'checkbox') ?? others[0];
  return (
    <Section title="什么时候出现" open={Boolean(hide)}>
      {known === null && (
        <Text id="panel-hide" label="不出现的条件（公式）" rows={2} value={hide} hint="这个条件比较复杂，只能照公式改；清空就一直出现。"
          onChange={(text) => edit({ conditional: text.trim() ? { hide: text.trim() } : undefined })} />
      )}
      {known && !state.rows.length && <p class="form-text m-0">一直出现。</p>}
      {state.rows.map((row, place) => (
        <Row key={place} row={row} place={place} others={others} prefix={prefix}
          onChange={(next) => change(place, next)}
          onRemove={() => put({ ...state, rows: state.rows.filter((_, index) => index !== place) })} />
      ))}
      {state.rows.length > 1 && (
        <select class="form-select" aria-label="几个条件怎样算" value={state.all ? 'all' : 'any'}
          onChange={(event) => put({ ...state, all: event.target.value === 'all' })}>
          <option value="all" selected={state.all}>都符合才出现</option>
          <option value="any" selected={!state.all}>符合一个就出现</option>
        </select>
      )}
      {known && first && (
        <button type="button" class="btn btn-outline-secondary"
          onClick={() => put({ ...state, rows: [...state.rows, begun(first, prefix)] })}>
          {state.rows.length ? '再加一个条件' : '只在某种情况下出现'}
        </button>
      )}
      {known && !first && !state.rows.length && <p class="form-text m-0">表单里还没有别的项可以作条件。</p>}
    </Section>
  );
}

function Row({ row, place, others, prefix, onChange, onRemove }) {
  const named = (key) => others.find((each) => prefix + keyOf(each) === key);
  const source = named(row.key);
  const operator = row.value === null ? (row.operator === '!=' ? 'filled' : 'empty') : row.operator;
  return (
    <div class="panel-condition">
      <select class="form-select" aria-label={`条件 ${place + 1}：哪一项`} value={row.key}
        onChange={(event) => onChange(begun(named(event.target.value), prefix))}>
        {!source && <option value={row.key} selected>{row.key}（没有这一项）</option>}
        {others.map((each) => (
          <option key={each.id} value={prefix + keyOf(each)} selected={each === source}>{each.label || keyOf(each)}</option>
        ))}
      </select>
      <select class="form-select" aria-label={`条件 ${place + 1}：怎样比`} value={operator}
        onChange={(event) => onChange(compared(row, event.target.value, source))}>
        {operatorsOf(source).map(([value, words]) => (
          <option key={value} value={value} selected={value === operator}>{words}</option>
        ))}
      </select>
      {row.value !== null && (
        <Value row={row} place={place} source={source} onChange={(value) => onChange({ ...row, value })} />
      )}
      <button type="button" class="btn btn-outline-secondary" aria-label={`去掉条件 ${place + 1}`}
        onClick={onRemove}>×</button>
    </div>
  );
}

function Value({ row, place, source, onChange }) {
  const label = `条件 ${place + 1}：什么`;
  const options = valuesOf(source);
  if (!options) {
    const read = (text) => (source?.type === 'number' ? Number(text) || 0 : text);
    const put = (event) => onChange(read(event.target.value));
    return <input class="form-control" aria-label={label} value={String(row.value)} onChange={put} />;
  }
  const strange = !options.some(([value]) => value === row.value);
  return (
    <select class="form-select" aria-label={label}
      onChange={(event) => onChange(options[event.target.selectedIndex - strange]?.[0] ?? row.value)}>
      {strange && <option selected>{String(row.value)}（没有这个选项）</option>}
      {options.map(([value, words]) => <option key={String(value)} selected={value === row.value}>{words}</option>)}
    </select>
  );
}

/** What a field can be: [value, words]; null where anything can be typed. */
function valuesOf(source) {
  if (source?.type === 'checkbox') return [[true, '打了勾'], [false, '没有打勾']];
  return source && isChoice(source) ? (source.values ?? []).map(({ value, label }) => [value, label]) : null;
}

function operatorsOf(source) {
  const equal = Object.entries(OPERATORS).slice(0, 2);
  const more = source?.type === 'number' ? Object.entries(OPERATORS) : equal;
  if (source?.type === 'checkbox') return equal.slice(0, 1);
  // What is left empty in a text field is an empty text or nothing at all: no comparison says both.
  return ['textfield', 'textarea'].includes(source?.type) ? equal : [...more, ['filled', '填了'], ['empty', '没有填']];
}

function begun(source, prefix) {
  const values = valuesOf(source);
  const value = values ? (values[0]?.[0] ?? '') : source.type === 'number' ? 0 : '';
  return { key: prefix + keyOf(source), operator: '=', value };
}

function compared(row, operator, source) {
  if (operator === 'filled') return { ...row, operator: '!=', value: null };
  if (operator === 'empty') return { ...row, operator: '=', value: null };
  return { ...row, operator, value: row.value ?? begun(source ?? { type: 'textfield' }, '').value };
}
