/** @jsxImportSource @bpmn-io/properties-panel/preact */
// The builder of thresholds: rows of 至少或超过、多少、谁的, and under each the sentence it means.
import { useService } from 'bpmn-js-properties-panel';

import { Choose, Note, Remove, TextBox } from './field.jsx';
import { readThresholds, sentence, writeThresholds } from './thresholds.js';

const WORDS = ['至少', '超过'].map((value) => ({ value, title: value }));
const FRACTIONS = ['1/2', '2/3', '3/5', '3/4', '4/5', '1/1'];
const OWN = 'own';

export function ThresholdsBox({ id, setting, value, commit }) {
  const rows = readThresholds(value);
  if (!rows) {
    return (
      <>
        <TextBox id={id} value={value} commit={commit} />
        <Note>写成“至少 2/3 到会”“超过 1/2 应到”这样，几条用分号隔开</Note>
      </>
    );
  }
  const put = (next) => commit(writeThresholds(next));
  const change = (place, part) => put(rows.map((row, at) => (at === place ? { ...row, ...part } : row)));
  return (
    <div class="panel-rows" role="group" aria-labelledby={`${id}-label`}>
      {rows.map((row, place) => (
        <Row
          key={place}
          id={place ? `${id}-${place}` : id}
          setting={setting}
          row={row}
          many={rows.length > 1}
          change={(part) => change(place, part)}
          remove={() => put(rows.filter((_, at) => at !== place))}
        />
      ))}
      <button
        type="button"
        class="panel-add"
        id={rows.length ? undefined : id}
        onClick={() => put([...rows, { word: '至少', fraction: '2/3', base: unused(setting.bases, rows) }])}
      >
        ＋ 加一条
      </button>
    </div>
  );
}

function Row({ id, setting, row, many, change, remove }) {
  const catalogue = useService('catalogue');
  const named = row.fraction.startsWith('{') ? row.fraction.slice(1, -1).trim() : '';
  const value = named ? (catalogue.parameter(named)?.default ?? '') : row.fraction;
  const own = !named && !FRACTIONS.includes(row.fraction);
  return (
    <div class="panel-card">
      <div class="panel-row">
        <Choose
          id={id}
          wide={false}
          label="谁的"
          value={row.base}
          commit={(base) => change({ base })}
          options={setting.bases.map((base) => ({ value: base, title: base }))}
        />
        <Choose
          wide={false}
          label="至少还是超过"
          value={row.word}
          options={WORDS}
          commit={(word) => change({ word })}
        />
        <Remove label={many ? `去掉“${row.word} ${row.fraction} ${row.base}”` : '去掉这一条'} onClick={remove} />
      </div>
      <div class="panel-row">
        <Choose
          label="多少"
          value={own ? OWN : row.fraction}
          options={fractions(catalogue)}
          commit={(fraction) => change({ fraction: fraction === OWN ? '7/10' : fraction })}
        />
        {own && (
          <TextBox
            wide={false}
            aria-label="比例，写成 2/3 这样"
            value={row.fraction}
            commit={(fraction) => change({ fraction: fraction.replace(/\s+/g, '') })}
            refuse={notAFraction}
          />
        )}
      </div>
      <Note>{sentence(setting.name, row, value)}</Note>
    </div>
  );
}

function notAFraction(text) {
  return /^\s*\d{1,4}\s*\/\s*[1-9]\d{0,3}\s*$/.test(text) ? '' : '请写成 2/3 这样的分数';
}

function fractions(catalogue) {
  return [
    ...FRACTIONS.map((value) => ({ value, title: value === '1/1' ? '全部' : value })),
    ...catalogue.parameters(['fraction']).map(({ name, title, shown }) => ({
      value: `{${name}}`,
      title: `参数：${title}（${shown}）`,
    })),
    { value: OWN, title: '别的比例…' },
  ];
}

function unused(bases, rows) {
  return bases.find((base) => !rows.some((row) => row.base === base)) ?? bases[0];
}
