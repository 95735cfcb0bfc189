// The inputs of the panel beside the form: labelled, explained, and told of only when something has really changed.
import { useEffect, useRef, useState } from 'preact/hooks';

const PAUSE = 300; // milliseconds without typing before the form changes: one step to undo, not one a letter

/** One line or several. `check(text)` → what is wrong with it, in words; such a text stays in the field only. */
export function Text({ id, label, value = '', hint, rows, check, onChange, numeric }) {
  const [typed, setTyped] = useState(value);
  const waiting = useRef(null);
  const latest = useRef(onChange);
  latest.current = onChange;
  const problem = typed !== value && check ? check(typed) : '';
  useEffect(() => { if (!waiting.current) setTyped(value); }, [value]);
  useEffect(() => () => flush(waiting), []);
  const put = (text) => {
    setTyped(text);
    clearTimeout(waiting.current?.timer);
    const act = () => {
      waiting.current = null;
      if (text !== value && !check?.(text)) latest.current(text);
    };
    waiting.current = { act, timer: setTimeout(act, PAUSE) };
  };
  const Input = rows ? 'textarea' : 'input';
  return (
    <Entry id={id} label={label} hint={hint} problem={problem}>
      <Input id={id} class={`form-control${problem ? ' is-invalid' : ''}`} rows={rows} value={typed} autoComplete="off"
        inputMode={numeric ? 'decimal' : undefined} aria-describedby={`${id}-hint`}
        aria-invalid={problem ? 'true' : undefined}
        onInput={(event) => put(event.target.value)} onBlur={() => flush(waiting)} />
    </Entry>
  );
}

/** A number that may be missing. */
export function Number_({ value, onChange, ...others }) {
  const check = (text) => (text.trim() === '' || Number.isFinite(Number(text)) ? '' : '这里要填数字');
  return (
    <Text {...others} numeric value={value === undefined || value === null ? '' : String(value)} check={check}
      onChange={(text) => onChange(text.trim() === '' ? undefined : Number(text))} />
  );
}

export function Tick({ id, label, value, hint, onChange }) {
  return (
    <div class="form-check panel-tick">
      <input id={id} class="form-check-input" type="checkbox" checked={Boolean(value)}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => onChange(event.target.checked)} />
      <label class="form-check-label" for={id}>{label}</label>
      {hint && <div class="form-text" id={`${id}-hint`}>{hint}</div>}
    </div>
  );
}

/** `options`: [value, words]. */
export function Choice({ id, label, value = '', options, hint, onChange }) {
  return (
    <Entry id={id} label={label} hint={hint}>
      <select id={id} class="form-select" value={value} aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.value)}>
        {options.map(([each, words]) => <option key={each} value={each} selected={each === value}>{words}</option>)}
      </select>
    </Entry>
  );
}

export function Section({ title, open = true, children }) {
  return (
    <details class="panel-section" open={open}>
      <summary>{title}</summary>
      <div>{children}</div>
    </details>
  );
}

function Entry({ id, label, hint, problem, children }) {
  return (
    <div class="panel-entry">
      <label class="form-label" for={id}>{label}</label>
      {children}
      {problem && <div class="invalid-feedback d-block">{problem}</div>}
      <div class="form-text" id={`${id}-hint`}>{hint}</div>
    </div>
  );
}

function flush(waiting) {
  if (!waiting.current) return;
  clearTimeout(waiting.current.timer);
  waiting.current.act();
}
