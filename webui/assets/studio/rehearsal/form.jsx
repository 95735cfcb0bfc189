// One act, done as one of the cast: the step's own form. What is refused is said above it, and what was typed stays.
import { createForm } from '@bpmn-io/form-js-viewer';
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/esm/l10n/zh.js';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, Select } from './controls.jsx';

flatpickr.localize({
  ...Mandarin, yearAriaLabel: '年', monthAriaLabel: '月', hourAriaLabel: '时', minuteAriaLabel: '分', amPM: ['上午', '下午'],
});

export function ActForm({ act, people, busy, submit, close }) {
  const top = useRef(null);
  const host = useRef(null);
  const form = useRef(null);
  const [by, setBy] = useState(act.who[0] ?? people[0] ?? '');
  const [said, say] = useState('');
  const [drawn, setDrawn] = useState(false);
  const others = people.filter((name) => !act.who.includes(name));
  const asked = act.schema.components.length > 0;

  useEffect(() => {
    let gone = false;
    const properties = { ariaLabel: act.title };
    createForm({ container: host.current, schema: act.schema, data: {}, properties }).then((made) => {
      if (gone) return made.destroy();
      form.current = made;
      setDrawn(true);
    });
    return () => { gone = true; form.current?.destroy(); };
  }, []);

  useEffect(() => { if (drawn || said) top.current.scrollIntoView({ block: 'start' }); }, [drawn, said]);

  const fill = () => {
    const typed = form.current._getState().data;
    form.current.importSchema(act.schema, { ...act.sample, ...filled(typed) });
  };
  const hand = async () => {
    // form-js takes over what is being typed when the field is left.
    if (host.current.contains(document.activeElement)) document.activeElement.blur();
    const { data, errors } = form.current.submit();
    if (Object.keys(errors).length) return say('还有没填好的地方，已在下面标出。');
    const refused = await submit(by, filled(labelled(act.schema, data)));
    say(refused ?? '');
    if (refused === null && act.mass && others.length + act.who.length > 1) next();
    else if (refused === null) close();
  };
  /** What everybody does (votes, opinions) is done by the next one. */
  const next = () => {
    const after = act.who[act.who.indexOf(by) + 1];
    if (!after) return close();
    setBy(after);
    form.current.importSchema(act.schema, {});
  };

  return (
    <div class="rehearsal-form" ref={top}>
      <label class="rehearsal-by">由
        <Select value={by} onChange={({ target }) => setBy(target.value)} aria-label="由谁办">
          <People label="可以办的人" names={act.who} />
          <People label="别的人（看看会不会被拦住）" names={others} />
        </Select>
        来{act.title}
      </label>
      {said && <p class="alert alert-danger" role="alert">{said}</p>}
      {!said && act.not_yet && <p class="text-body-secondary small">现在办会被拦住：{act.not_yet}</p>}
      <div ref={host} class="rehearsal-fields" />
      <div class="rehearsal-buttons">
        <Button look="primary" disabled={busy || !drawn} onClick={hand}>{act.title}</Button>
        {asked && Object.keys(act.sample).length > 0 && (
          <Button disabled={!drawn} onClick={fill}>填上示例</Button>
        )}
        <Button look="link" onClick={close}>收起</Button>
      </div>
    </div>
  );
}

function People({ label: title, names }) {
  if (!names.length) return null;
  return <optgroup label={title}>{names.map((name) => <option key={name}>{name}</option>)}</optgroup>;
}

/** Options as the form shows them, not as the program keeps them: a story is read by people (docs/scenarios.md). */
function labelled(schema, data) {
  const found = { ...data };
  for (const part of schema.components ?? []) {
    const key = part.path || part.key;
    const value = found[key];
    if (part.type === 'group' && !part.path) Object.assign(found, labelled(part, found));
    else if (part.components && Array.isArray(value)) found[key] = value.map((each) => labelled(part, each));
    else if (Array.isArray(value)) found[key] = value.map((each) => label(part, each));
    else if (part.values) found[key] = label(part, value);
  }
  return found;
}

function label({ values = [] }, value) {
  const same = values.find((option) => option.value === value);
  const alone = same && values.filter((option) => option.label === same.label).length === 1;
  return alone && typeof value === 'string' ? same.label : value;
}

/** What somebody has filled in: a story does not tell of empty fields. */
function filled(data) {
  const rows = (value) => value.map(row).filter((each) => !empty(each)); // a list begins with an empty row
  const kept = Object.entries(data).map(([key, value]) => [key, Array.isArray(value) ? rows(value) : value]);
  return Object.fromEntries(kept.filter(([, value]) => !empty(value)));
}

function row(value) {
  return value && typeof value === 'object' ? filled(value) : value;
}

function empty(value) {
  if (value === null || value === undefined || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
