// The settings of the field that is selected, in a designer's words: only what engine/forms.py keeps to is offered.
import { Conditions } from './formrules.jsx';
import { Choice, Number_ as Numeric, Section, Text, Tick } from './formentries.jsx';
import { KINDS, fieldsBeside, isChoice, keyFrom, keyOf, freeKey, nameOf } from './formfields.js';
import { Options } from './formoptions.jsx';

const SHOWN_ONLY = ['separator', 'spacer'];
const FORMATS = [['', '不限'], ['phone', '电话号码'], ['email', '电子邮箱'], ['pattern', '自己写规则（正则表达式）']];
const FILES = [['image/*,.pdf', '照片和 PDF'], ['image/*', '只要照片'], ['.pdf', '只要 PDF'], ['', '什么文件都行']];
const DATES = [['date', '日期'], ['time', '时间'], ['datetime', '日期和时间']];

/** `act` is what can be done: edit(field, changes), rename(field, key), move(field, by), remove(field). */
export function Panel({ field, schema, stored, designations, act }) {
  if (!field || field.type === 'default') return <Nothing schema={schema} />;
  const edit = (changes) => act.edit(field, changes);
  const entry = (name) => `panel-${name}`;
  return (
    <div class="panel" key={field.id}>
      <header class="panel-head">
        <strong>{nameOf(field.type)}</strong>
        <span class="panel-acts">
          <button type="button" class="btn btn-outline-secondary" onClick={() => act.move(field, -1)}>上移</button>
          <button type="button" class="btn btn-outline-secondary" onClick={() => act.move(field, 1)}>下移</button>
          <button type="button" class="btn btn-outline-danger" onClick={() => act.remove(field)}>删去</button>
        </span>
      </header>
      {!KINDS[field.type] && <p class="alert alert-warning">系统不认识这种填写项，发布时通不过，请删去，换成左边列出的。</p>}
      {KINDS[field.type] && !SHOWN_ONLY.includes(field.type) && (
        <>
          <Naming field={field} schema={schema} stored={stored} act={act} entry={entry} />
          {isChoice(field) && <Options field={field} edit={edit} designations={designations} />}
          <Rules field={field} edit={edit} entry={entry} />
        </>
      )}
      <Conditions field={field} schema={schema} edit={edit} />
      {KINDS[field.type] && !['text', ...SHOWN_ONLY].includes(field.type) && valued(field) && (
        <More field={field} schema={schema} act={act} edit={edit} entry={entry} />
      )}
    </div>
  );
}

function Nothing({ schema }) {
  return (
    <div class="panel panel-nothing">
      <p><strong>这张表单有 {fieldsBeside(schema, '').length} 项要填。</strong></p>
      <p>在左边点一样，就加在最后；拖到中间，就加在放下的地方。用键盘的，走到那一样上按回车。</p>
      <p>点中间的一项，在这里改它：叫什么、必不必填、什么时候才要填。</p>
    </div>
  );
}

function Naming({ field, schema, stored, act, entry }) {
  if (field.type === 'text') {
    return (
      <Section title="内容">
        <Text id={entry('text')} label="文字" rows={5} value={field.text} hint="空一行分段；两边加 ** 变粗"
          onChange={(text) => act.edit(field, { text })} />
      </Section>
    );
  }
  return (
    <Section title="这一项">
      <Text id={entry('label')} label={field.type === 'group' ? '标题' : '名称'}
        value={field.label ?? field.dateLabel ?? field.timeLabel} hint="填的人看到的"
        onChange={(label) => act.relabel(field, label)} />
      {field.type !== 'group' && (
        <Text id={entry('description')} label="填写说明" rows={2} value={field.description} hint="写在下面的小字，可以不写"
          onChange={(description) => act.edit(field, { description: description || undefined })} />
      )}
      {valued(field) && <Behind field={field} schema={schema} stored={stored} act={act} />}
    </Section>
  );
}

/** The label has changed, the key has not: said, and offered. */
function Behind({ field, schema, stored, act }) {
  const key = keyOf(field);
  const wanted = freeKey(keyFrom(field.label), takenBeside(schema, field));
  if (!stored.has(key) || stored.get(key) === field.label || !field.label || wanted === key) return null;
  return (
    <div class="panel-warning" role="note">
      <p class="m-0">名称改了，字段名还是“{key}”，流程图里的条件照旧能用。</p>
      <button type="button" class="btn btn-outline-secondary"
        onClick={() => act.rename(field, wanted)}>也改成“{wanted}”</button>
      <p class="m-0">改了以后，流程图里用到“{key}”的条件要跟着改。</p>
    </div>
  );
}

function Key({ field, schema, act, entry }) {
  const others = takenBeside(schema, field);
  const check = (text) => {
    if (text !== keyFrom(text) || !text) return '只能用汉字、字母和数字，不以数字开头，最多 24 个字';
    return others.has(text) ? '别的一项已经叫这个，请换一个' : '';
  };
  return (
    <Text id={entry('key')} label="字段名" value={keyOf(field)} check={check} onChange={(text) => act.rename(field, text)}
      hint="流程图里的条件认的是它，不是名称。" />
  );
}

function takenBeside(schema, field) {
  return new Set(fieldsBeside(schema, field.id).filter(({ id }) => id !== field.id).map(keyOf));
}

/** Whether something is filled in there; a group without a path only holds others together. */
const valued = (field) => field.type !== 'group' || Boolean(field.path);

function Rules({ field, edit, entry }) {
  const rules = field.validate ?? {};
  const put = (changes) => edit({ validate: tidy({ ...rules, ...changes }) });
  const accept = field.accept ?? '';
  const files = FILES.some(([value]) => value === accept) ? FILES : [...FILES, [accept, accept]];
  if (['text', 'group'].includes(field.type)) return null;
  return (
    <Section title="怎样才算填好">
      <Tick id={entry('required')} label={field.type === 'checkbox' ? '必须打勾' : '必须填'} value={rules.required}
        onChange={(required) => put({ required: required || undefined })} />
      {['textfield', 'textarea'].includes(field.type) && (
        <Words rules={rules} put={put} entry={entry} plain={field.type === 'textfield'} />
      )}
      {field.type === 'number' && (
        <div class="panel-row">
          <Numeric id={entry('min')} label="最小" value={rules.min} onChange={(min) => put({ min })} />
          <Numeric id={entry('max')} label="最大" value={rules.max} onChange={(max) => put({ max })} />
          <Choice id={entry('digits')} label="小数" value={String(field.decimalDigits ?? '')}
            onChange={(text) => edit({ decimalDigits: text === '' ? undefined : Number(text) })}
            options={[['0', '要整数'], ['1', '一位'], ['2', '两位'], ['', '不限']]} />
        </div>
      )}
      {field.type === 'datetime' && (
        <Choice id={entry('subtype')} label="填什么" value={field.subtype ?? 'date'} options={DATES}
          onChange={(subtype) => edit(dated(field, subtype))} />
      )}
      {field.type === 'filepicker' && (
        <>
          <Tick id={entry('multiple')} label="可以传几个" value={field.multiple}
            onChange={(multiple) => edit({ multiple: multiple || undefined })} />
          <Choice id={entry('accept')} label="什么文件" value={field.accept ?? ''}
            onChange={(accept) => edit({ accept: accept || undefined })}
            options={files} />
        </>
      )}
      {field.type === 'dynamiclist' && (
        <>
          <Tick id={entry('rows')} label="填的人可以加行、删行" value={field.allowAddRemove}
            onChange={(allowAddRemove) => edit({ allowAddRemove })} />
          <Numeric id={entry('repetitions')} label="一开始有几行" value={field.defaultRepetitions ?? 1} hint="可以是 0"
            onChange={(count) => edit({ defaultRepetitions: Math.min(50, Math.max(0, Math.round(count ?? 1))) })} />
        </>
      )}
    </Section>
  );
}

function Words({ rules, put, entry, plain }) {
  const format = formatOf(rules);
  const choose = (to) => put({
    validationType: ['phone', 'email'].includes(to) ? to : undefined,
    pattern: to === 'pattern' ? (rules.pattern ?? '') : undefined,
  });
  return (
    <>
      {plain && <Choice id={entry('format')} label="写成什么样" value={format} options={FORMATS} onChange={choose} />}
      {format === 'pattern' && (
        <Text id={entry('pattern')} label="规则" value={rules.pattern} hint="如 ^\d{18}$ 是 18 位数字；写不来就选“不限”"
          check={readable}
          onChange={(pattern) => put({ pattern })} />
      )}
      {['', 'pattern'].includes(format) && (
        <div class="panel-row">
          <Numeric id={entry('minLength')} label="最少几个字" value={rules.minLength}
            onChange={(minLength) => put({ minLength })} />
          <Numeric id={entry('maxLength')} label="最多几个字" value={rules.maxLength}
            onChange={(maxLength) => put({ maxLength })} />
        </div>
      )}
    </>
  );
}

function formatOf({ validationType, pattern }) {
  if (validationType && validationType !== 'custom') return validationType;
  return pattern === undefined ? '' : 'pattern';
}

function More({ field, schema, act, edit, entry }) {
  const own = field.properties ?? {};
  const put = (changes) => edit({ properties: tidy({ ...own, ...changes }) });
  return (
    <Section title="公开、预填、字段名" open={Boolean(own.public || own.prefill)}>
      <Tick id={entry('public')} label="不上公开页" value={own.public === 'no'} hint="电话、身份证号、家庭情况这些，只给办事的人看"
        onChange={(kept) => put({ public: kept ? 'no' : undefined })} />
      {['textfield', 'textarea'].includes(field.type) && (
        <Tick id={entry('prefill')} label="先填上这件事的标题" value={own.prefill === '办件名称'}
          onChange={(filled) => put({ prefill: filled ? '办件名称' : undefined })} />
      )}
      <Key field={field} schema={schema} act={act} entry={entry} />
    </Section>
  );
}

/** A date field has its label once for the date and once for the time. */
export function dated(field, subtype, label = field.label ?? field.dateLabel ?? field.timeLabel ?? '') {
  return {
    subtype,
    label,
    dateLabel: subtype === 'time' ? undefined : label,
    timeLabel: subtype === 'time' ? label : subtype === 'datetime' ? '时间' : undefined,
    timeSerializingFormat: subtype === 'date' ? undefined : 'no_timezone',
    timeInterval: subtype === 'date' ? undefined : (field.timeInterval ?? 15),
    use24h: subtype === 'date' ? undefined : true,
  };
}

function readable(pattern) {
  try {
    new RegExp(pattern);
    return '';
  } catch {
    return '这条规则写得不对';
  }
}

/** Without what is not said; undefined where nothing is. */
function tidy(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return kept.length ? Object.fromEntries(kept) : undefined;
}
