/** @jsxImportSource @bpmn-io/properties-panel/preact */
// The plain parts of the panel: a field with its label and help, boxes to type in, lists to choose from.
import { useEffect, useRef, useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

const PAUSE = 700; // ms without a key, after which what was typed is taken over: it must not hang on leaving the box

export function Field({ id, label, help, clause, must, side, children }) {
  return (
    <div class="bio-properties-panel-entry panel-field" data-entry-id={id}>
      <div class="panel-head">
        <label id={`${id}-label`} for={id}>
          {label}
        </label>
        {must && <span class="panel-must">必填</span>}
        {side}
      </div>
      {children}
      {(help || clause) && (
        <p class="panel-help" id={`${id}-help`}>
          {help}
          {clause && <Clause numbers={clause} />}
        </p>
      )}
    </div>
  );
}

function Clause({ numbers }) {
  const catalogue = useService('catalogue');
  return numbers.split(' ').map((number) => (
    <span class="panel-clause" key={number} title={catalogue.clause(number)?.text}>
      {number}
    </span>
  ));
}

/**
 * What is in the box while it is typed in, and taking it over: never in the middle of an input method's word. What
 * `refuse` has something to say about stays in the box, and is not taken over.
 */
function useTyped(value, commit, refuse = () => '') {
  const [typed, setTyped] = useState(value);
  const pending = useRef(null);
  const taken = useRef(value);
  const drop = () => {
    clearTimeout(pending.current?.timer);
    pending.current = null;
  };
  useEffect(() => {
    if (value === taken.current) return; // it comes from here, and somebody may be typing on
    taken.current = value;
    drop();
    setTyped(value);
  }, [value]);
  useEffect(() => () => pending.current?.now(), []);
  const take = (text) => {
    drop();
    if (text === taken.current || refuse(text)) return;
    taken.current = text;
    commit(text);
  };
  const later = (text) => {
    drop();
    pending.current = { timer: setTimeout(() => take(text), PAUSE), now: () => take(text) };
  };
  const onInput = (event) => {
    setTyped(event.target.value);
    if (!event.isComposing) later(event.target.value);
  };
  const wrong = typed === value ? '' : refuse(typed);
  return { typed, take, wrong, onInput, onCompositionEnd: (event) => later(event.target.value) };
}

export function TextBox({ id, value, commit, placeholder, refuse, wide = true, ...more }) {
  const { typed, take, wrong, onInput, onCompositionEnd } = useTyped(value, commit, refuse);
  return (
    <>
      <input
        id={id}
        class={wide ? 'panel-box' : 'panel-box panel-short'}
        autocomplete="off"
        value={typed}
        placeholder={placeholder}
        aria-invalid={wrong ? 'true' : undefined}
        onInput={onInput}
        onCompositionEnd={onCompositionEnd}
        onBlur={(event) => take(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && !event.isComposing && take(event.target.value)}
        {...more}
      />
      {wrong && <Note bad>{wrong}</Note>}
    </>
  );
}

export function AreaBox({ id, value, commit, placeholder, rows = 3 }) {
  const { typed, take, onInput, onCompositionEnd } = useTyped(value, commit);
  return (
    <textarea
      id={id}
      class="panel-box"
      rows={rows}
      value={typed}
      placeholder={placeholder}
      onInput={onInput}
      onCompositionEnd={onCompositionEnd}
      onBlur={(event) => take(event.target.value)}
    />
  );
}

/** A list to choose one from; what is written but not offered is offered, too, lest it be lost by looking. */
export function Choose({ id, value, options, commit, label, wide = true }) {
  const known = options.some((option) => option.value === value);
  const every = known || !value ? options : [...options, { value, title: `${value}（不认识）` }];
  return (
    <select
      id={id}
      class={wide ? 'panel-box' : 'panel-box panel-short'}
      aria-label={label}
      value={value}
      onChange={(event) => commit(event.target.value)}
    >
      {every.map((option) => (
        <option key={option.value} value={option.value} selected={option.value === value}>
          {option.title}
        </option>
      ))}
    </select>
  );
}

export function Tick({ id, checked, commit, disabled, children }) {
  return (
    <label class="panel-tick">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => commit(event.target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

export function Note({ children, bad = false }) {
  return children ? (
    <p class={bad ? 'panel-note bad' : 'panel-note'} role={bad ? 'alert' : undefined}>
      {children}
    </p>
  ) : null;
}

export function Remove({ label, onClick }) {
  return (
    <button type="button" class="panel-remove" aria-label={label} title="去掉" onClick={onClick}>
      ×
    </button>
  );
}
