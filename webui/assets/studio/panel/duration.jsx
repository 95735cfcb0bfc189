/** @jsxImportSource @bpmn-io/properties-panel/preact */
// Lengths of time in words: 7 天, 5 个工作日; what is written otherwise stays as it is.
import { useState } from '@bpmn-io/properties-panel/preact/hooks';

import { Choose, TextBox } from './field.jsx';

const UNITS = [
  { value: 'd', title: '天', write: (n) => `${n}d`, read: /^(?:(\d+) ?d|P(\d+)D)$/ },
  { value: 'wd', title: '个工作日', write: (n) => `${n}wd`, read: /^(\d+) ?wd$/ },
  { value: 'h', title: '小时', write: (n) => `PT${n}H`, read: /^PT(\d+)H$/ },
  { value: 'm', title: '个月', write: (n) => `P${n}M`, read: /^P(\d+)M$/ },
  { value: 'y', title: '年', write: (n) => `P${n}Y`, read: /^P(\d+)Y$/ },
  { value: 'min', title: '分钟', write: (n) => `PT${n}M`, read: /^PT(\d+)M$/ },
];
const USUAL = ['d', 'wd'];

/** `{ number, unit }` of a length of time, or null for one that is written in some other way. */
function readDuration(text) {
  for (const { value, read } of UNITS) {
    const found = text.trim().match(read);
    if (found) return { number: Number(found[1] ?? found[2]), unit: value };
  }
  return null;
}

function notWhole(text) {
  return /^\d{0,5}$/.test(text.trim()) ? '' : '请写整数';
}

export function DurationBox({ id, value, commit, units = USUAL, label = '多久' }) {
  const found = value ? readDuration(value) : { number: '', unit: units[0] };
  const [unit, setUnit] = useState(found?.unit ?? units[0]);
  if (!found) return <TextBox id={id} value={value} commit={commit} />;
  const current = value ? found.unit : unit;
  const offered = UNITS.filter((each) => units.includes(each.value) || each.value === current);
  const write = (number, name) => {
    setUnit(name);
    const whole = String(number).trim();
    if (!whole) commit('');
    else commit(UNITS.find((each) => each.value === name).write(Number(whole)));
  };
  return (
    <div class="panel-row">
      <TextBox
        id={id}
        wide={false}
        type="number"
        min="0"
        max="99999"
        step="1"
        inputmode="numeric"
        value={String(found.number)}
        commit={(number) => write(number, current)}
        refuse={notWhole}
      />
      <Choose
        value={current}
        label={`${label}，按什么算`}
        wide={false}
        options={offered}
        commit={(name) => write(found.number, name)}
      />
    </div>
  );
}
