// Thresholds of meetings and votes as rows: 至少 2/3 到会；超过 {赞成比例} 应到. They mean what
// engine/steps/threshold.py says.
const ONE = /^(至少|超过)\s*(\{[^{}]+\}|\d+\s*\/\s*\d+)\s*(\S+)$/;
const EXAMPLE = 30;
const WHAT = { quorum: '到会的', majority: '赞成的', coverage: '提了意见的', pass: '满意的' };
const UNITS = { 户: '户', 到会户: '户', 收回票: '票' };

/** Rows of `{ word, fraction, base }`; null where something is written that is no threshold. */
export function readThresholds(text) {
  const rows = text
    .split(/[；;]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const found = part.match(ONE);
      return found && { word: found[1], fraction: found[2].replace(/\s+/g, ''), base: found[3] };
    });
  return rows.every(Boolean) ? rows : null;
}

export function writeThresholds(rows) {
  return rows.map(({ word, fraction, base }) => `${word} ${fraction} ${base}`).join('；');
}

/** What a row comes to, with numbers; `value` is the fraction, a parameter's default filled in. Empty if it is none. */
export function sentence(setting, { word, base }, value) {
  const found = value.match(/^(\d+)\/(\d+)$/);
  if (!found) return '';
  const [numerator, denominator] = [Number(found[1]), Number(found[2])];
  if (!numerator || !denominator || numerator > denominator) return '这个比例要大于 0、不超过 1';
  const exact = (EXAMPLE * numerator) / denominator;
  const least = word === '超过' ? Math.floor(exact) + 1 : Math.ceil(exact);
  const reach = word === '超过' ? '要超过' : '要够';
  const unit = UNITS[base] ?? '人';
  return `${WHAT[setting] ?? ''}${reach}${base}的 ${value}：${base} ${EXAMPLE} ${unit}时，至少 ${least} ${unit}`;
}
