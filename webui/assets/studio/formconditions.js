// When a field has to be filled in: rows a designer reads ("结论 是 需要整改") out of the FEEL text that hides it, and back.
// What does not come apart into rows stays text.

export const OPERATORS = { '=': '是', '!=': '不是', '>': '大于', '>=': '不少于', '<': '小于', '<=': '不超过' };
const OPPOSITE = { '=': '!=', '!=': '=', '>': '<=', '<=': '>', '<': '>=', '>=': '<' };
const ROW = /^((?:this\.)?[\p{L}_][\p{L}\p{N}_]*)\s*(=|!=|>=|<=|>|<)\s*("[^"\\]*"|-?\d+(?:\.\d+)?|true|false|null)$/u;

/** { all, rows: [{ key, operator, value }] } of a hiding condition, null where it says more than rows can. */
export function rowsOf(hide) {
  const text = (hide ?? '').trim().replace(/^=/, '').trim();
  if (!text) return { all: true, rows: [] };
  for (const [word, all] of [['or', true], ['and', false]]) {
    const rows = split(text, word).map(row);
    if (rows.every(Boolean)) return { all: rows.length === 1 || all, rows };
  }
  return null;
}

/** The hiding condition of rows that say when a field is shown; undefined for none. */
export function hideOf({ all, rows }) {
  const parts = rows.map(({ key, operator, value }) => `${key} ${OPPOSITE[operator]} ${written(value)}`);
  return parts.length ? `=${parts.join(all ? ' or ' : ' and ')}` : undefined;
}

/** A condition with a name that has changed. Texts in quotes stay. */
export function renamed(text, before, after) {
  return text.replace(/"[^"]*"|(?:this\.)?[\p{L}_][\p{L}\p{N}_]*/gu, (found) => {
    if (found === before) return after;
    return found === `this.${before}` ? `this.${after}` : found;
  });
}

/** Whether a condition reads this name. */
export function reads(text, name) {
  return renamed(text, name, '') !== text;
}

function row(text) {
  const found = text.trim().match(ROW);
  return found && { key: found[1], operator: OPPOSITE[found[2]], value: read(found[3]) };
}

/** At a word that stands alone, outside of quotes. */
function split(text, word) {
  const parts = [''];
  for (const piece of text.match(/"[^"]*"|\s+|[^\s"]+/g) ?? []) {
    if (piece === word) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

const read = (text) => (text.startsWith('"') ? text.slice(1, -1) : JSON.parse(text));
const written = (value) => (typeof value === 'string' ? `"${value.replace(/["\\]/g, '')}"` : String(value));
