// Conditions as rows: 哪一步的结果 · 比较 · 值, all or any of which must hold. What is no such list stays a text.
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*`;
const FIELD = String.raw`${NAME}(?:\.${NAME})*`;
const PATH = String.raw`${FIELD}|len\s*\(\s*${FIELD}\s*\)`;
const TEXT = String.raw`"(?:[^"\\]|\\.)*"|“[^”]*”|'[^']*'`;
const LIST = String.raw`\[\s*(?:(?:${TEXT})\s*(?:[,，]\s*(?:${TEXT})\s*)*)?\]`;
const VALUE = String.raw`${TEXT}|-?\d+(?:\.\d+)?|${LIST}|${NAME}`;
const COMPARED = new RegExp(String.raw`^(${PATH})\s*(==|!=|>=|<=|>|<|\bin\b)\s*(${VALUE})$`, 'u');
const PLAIN = new RegExp(String.raw`^(not\s+)?(${PATH})$`, 'u');
const WORDS = { true: true, True: true, false: false, False: false };

/** `{ any, rows: [{ path, is, value }] }` or null. A value is a text, a number, a list of texts, or `{ name }`. */
export function readCondition(text) {
  const parts = splitAt(text.trim());
  if (!parts) return null;
  const rows = parts.parts.map(readRow);
  return rows.every(Boolean) ? { any: parts.word === 'or', rows } : null;
}

export function writeCondition({ any, rows }) {
  return rows.map(writeRow).join(any ? ' or ' : ' and ');
}

function readRow(text) {
  const compared = text.match(COMPARED);
  if (compared) {
    const value = readValue(compared[3]);
    const lists = Array.isArray(value) === (compared[2] === 'in');
    return value === undefined || !lists ? null : { path: tidy(compared[1]), is: compared[2], value };
  }
  const plain = text.match(PLAIN);
  return plain && !/^(and|or|in|not|true|false|null|none)$/i.test(plain[2])
    ? { path: tidy(plain[2]), is: plain[1] ? 'no' : 'yes', value: '' }
    : null;
}

function writeRow({ path, is, value }) {
  if (is === 'yes') return path;
  if (is === 'no') return `not ${path}`;
  return `${path} ${is} ${writeValue(value)}`;
}

function readValue(text) {
  if (/^["“']/.test(text)) return unquote(text);
  if (/^-?\d/.test(text)) return Number(text);
  if (text.startsWith('[')) return (text.match(new RegExp(TEXT, 'gu')) ?? []).map(unquote);
  if (text in WORDS) return undefined;
  return { name: text };
}

function writeValue(value) {
  if (Array.isArray(value)) return `[${value.map(quote).join(', ')}]`;
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' ? value.name : quote(value);
}

function unquote(text) {
  const inside = text.slice(1, -1);
  return text.startsWith('“') ? inside : inside.replace(/\\(["'\\])/g, '$1');
}

function quote(text) {
  return `"${String(text).replace(/(["\\])/g, '\\$1')}"`;
}

function tidy(path) {
  return path.replace(/\s+/g, '');
}

/** The parts between `and` (or between `or`), outside texts; null where both stand, or brackets. */
function splitAt(text) {
  const parts = [];
  let [word, from] = ['', 0];
  const token = new RegExp(String.raw`${TEXT}|${LIST}|[\p{L}_][\p{L}\p{N}_.]*|[()]`, 'gu');
  for (const found of text.matchAll(token)) {
    const isLength = found[0] === '(' && /len\s*$/.test(text.slice(0, found.index));
    const closesLength = found[0] === ')' && /len\s*\([^()]*$/.test(text.slice(0, found.index));
    if ('()'.includes(found[0]) && !isLength && !closesLength) return null;
    if (found[0] !== 'and' && found[0] !== 'or') continue;
    if (word && word !== found[0]) return null;
    word = found[0];
    parts.push(text.slice(from, found.index).trim());
    from = found.index + found[0].length;
  }
  return { word, parts: [...parts, text.slice(from).trim()] };
}
