// What a rehearsal stands on: who holds what, for which households, the parameters, when it begins, which
// days are worked.
import { useState } from 'preact/hooks';
import { Button, Input, Select } from './controls.jsx';

const MOST = 500; // of one post
const COLUMNS = ['岗位、身份', '人数', '姓名', '每人代表几户'];

export function Cast({ page, story, go, busy, setPane }) {
  const [stage, setStage] = useState(story.stage);
  const change = (part) => setStage({ ...stage, ...part });
  const use = async (next) => {
    await go(() => story.play(story.at, story.moves, next), false);
    setPane('now');
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); use(stage); }}>
      <h2 class="rehearsal-title">人员</h2>
      <p class="rehearsal-hint">改人数，或者直接改姓名（用顿号隔开）。一个人可以写在几个岗位上；写 0 人就是没有人在岗。</p>
      <Roster page={page} stage={stage} change={change} />
      <h2 class="rehearsal-title">开始的时候</h2>
      <div class="rehearsal-begin">
        <label>什么时候开始
          <Input type="datetime-local" value={stage.begins.slice(0, 16)} required
            onInput={({ target }) => change({ begins: target.value })} />
        </label>
        <label>哪些天上班
          <Select value={stage.calendar ? 'county' : 'weekdays'}
            onChange={({ target }) => change({ calendar: target.value === 'county' ? page.holidays : undefined })}>
            <option value="weekdays">周一至周五</option>
            <option value="county">按公布的节假日</option>
          </Select>
        </label>
      </div>
      {page.parameters.length > 0 && <h2 class="rehearsal-title">参数</h2>}
      {page.parameters.map((one) => <Parameter key={one.name} one={one} stage={stage} change={change} />)}
      <div class="rehearsal-buttons">
        <Button type="submit" look="primary" disabled={busy}>用这些重走一遍</Button>
        <Button look="link" onClick={() => setStage(story.fresh)}>恢复原来的</Button>
      </div>
    </form>
  );
}

function Roster({ page, stage, change }) {
  const [more, setMore] = useState('');
  const { roster, households = {} } = stage;
  const set = (post, people) => change({ roster: { ...roster, [post]: people } });
  const missing = page.posts.filter((post) => !(post in roster));
  return (
    <>
      <table class="rehearsal-roster">
        <thead><tr>{COLUMNS.map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
        <tbody>
          {Object.entries(roster).map(([post, people]) => (
            <tr key={post}>
              <th scope="row">{post}</th>
              <td><Input type="number" min="0" max={MOST} value={people.length} aria-label={`${post}的人数`}
                onChange={({ target }) => set(post, resized(post, people, Number(target.value)))} /></td>
              <td><Input value={people.join('、')} aria-label={`${post}的姓名`}
                onChange={({ target }) => set(post, names(target.value))} /></td>
              <td><Input type="number" min="1" max="10000" placeholder="1" aria-label={`${post}每人代表几户`}
                value={typeof households[post] === 'number' ? households[post] : ''}
                onChange={({ target }) => change({ households: counted(households, post, target.value) })} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="rehearsal-add">
        <Input list="rehearsal-posts" placeholder="再加一个岗位或身份" value={more} aria-label="再加一个岗位或身份"
          onInput={({ target }) => setMore(target.value)} />
        <datalist id="rehearsal-posts">{missing.map((post) => <option key={post} value={post} />)}</datalist>
        <Button disabled={!more.trim() || more.trim() in roster}
          onClick={() => { set(more.trim(), [`${more.trim()}1`]); setMore(''); }}>加上</Button>
        <label>全村一共几户
          <Input type="number" min="1" max="10000" placeholder="按人算" value={households['总户数'] ?? ''}
            onChange={({ target }) => change({ households: counted(households, '总户数', target.value) })} />
        </label>
      </div>
    </>
  );
}

function Parameter({ one, stage, change }) {
  const value = stage.parameters[one.name];
  const set = (next) => {
    const { [one.name]: before, ...rest } = stage.parameters;
    change({ parameters: next === undefined ? rest : { ...rest, [one.name]: next } });
  };
  const several = one.type === 'list';
  const text = several ? (value ?? []).join(' ') : one.type === 'duration' ? worded(value ?? '') : value ?? '';
  return (
    <label class="rehearsal-parameter"><span>{one.title}</span>
      {one.choices.length > 0 && !several ? (
        <Select value={text} onChange={({ target }) => set(target.value || undefined)}>
          <option value="">照默认：{one.shown}</option>
          {one.choices.map((choice) => <option key={choice}>{choice}</option>)}
        </Select>
      ) : (
        <Input value={text} placeholder={one.shown}
          onChange={({ target }) => set(target.value.trim() ? valued(one, target.value.trim()) : undefined)} />
      )}
      {one.bounds && <small>{one.bounds}</small>}
    </label>
  );
}

/** What was typed as the parameter has it: `5 个工作日` is 5wd, `1,000 元` 1000. The server refuses what cannot be read. */
function valued({ type, unit }, text) {
  if (type === 'list') return text.split(/[\s、，,]+/).filter(Boolean);
  if (type === 'duration') return length(text);
  if (!['number', 'integer', 'money'].includes(type)) return text;
  const plain = text.replace(unit || '元', '').replace(/[,，\s]/g, '');
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : text;
}

function length(text) {
  const [, many, unit] = /^(\d+)\s*(个工作日|工作日|天|日|小时)$/.exec(text) ?? [];
  if (!many) return text;
  if (unit === '小时') return `PT${many}H`;
  return many + (unit.endsWith('工作日') ? 'wd' : 'd');
}

/** The other way round, to be read. */
function worded(value) {
  const [, many, unit] = /^(?:PT)?(\d+)(wd|d|H)$/.exec(String(value)) ?? [];
  return many ? `${many} ${{ wd: '个工作日', d: '天', H: '小时' }[unit]}` : value;
}

function resized(post, people, many) {
  const wanted = Math.max(0, Math.min(MOST, Math.trunc(many) || 0));
  const kept = people.slice(0, wanted);
  for (let number = 1; kept.length < wanted; number += 1) {
    if (!kept.includes(`${post}${number}`)) kept.push(`${post}${number}`);
  }
  return kept;
}

function names(text) {
  return [...new Set(text.split(/[、，,;；\s]+/).filter(Boolean))].slice(0, MOST);
}

function counted(households, key, text) {
  const { [key]: before, ...rest } = households;
  const many = Math.trunc(Number(text));
  return many >= 1 ? { ...rest, [key]: many } : rest;
}
