// 情形: the rehearsals a draft keeps, run again at every change; and this one, to be kept too.
import { useState } from 'preact/hooks';

import { ask } from '../server.js';
import { Button, Input } from './controls.jsx';

export function Scenarios({ page, story, scene, act, go, busy, setPane }) {
  const [listed, setListed] = useState(page.scenarios);
  const [reports, setReports] = useState({});
  const show = (found) => { page.scenarios = found; setListed(found); };
  const told = (one) => setReports((known) => ({ ...known, [one.name]: one }));
  const run = () => go(async () => {
    const { reports: all } = await ask('POST', `${story.path}/scenarios/run`, {});
    setReports(Object.fromEntries(all.map((one) => [one.name, one])));
  }, false);
  const results = Object.values(reports);
  const wrong = results.filter(({ passed }) => !passed).length;
  return (
    <>
      {story.at > 0 && scene && <Keep story={story} scene={scene} act={act} busy={busy} show={show} told={told} />}
      <h2 class="rehearsal-title">这份草稿的情形</h2>
      {listed.length === 0 && <p class="rehearsal-hint">还没有。推演一遍，存下来，以后改了流程就知道原来说好的还成不成立；发布以前会全部跑一遍。</p>}
      {listed.length > 0 && (
        <div class="rehearsal-buttons">
          <Button look="outline-primary" disabled={busy} onClick={run}>全部跑一遍</Button>
          <span role="status">{results.length > 1 && (wrong ? `${wrong} 个和写的不一样` : `${results.length} 个都和写的一样`)}</span>
        </div>
      )}
      <ul class="rehearsal-scenarios">
        {listed.map((one) => (
          <Scenario key={one.file} one={one} report={reports[one.file.replace(/\.toml$/, '')]}
            story={story} go={go} busy={busy} show={show}
            setPane={setPane} />
        ))}
      </ul>
    </>
  );
}

function Scenario({ one, report, story, go, busy, show, setPane }) {
  const [naming, setNaming] = useState(null);
  const path = `${story.path}/scenarios/${encodeURIComponent(one.file)}`;
  const open = (at) => go(async () => {
    const found = await ask('GET', path);
    const stage = { ...story.fresh, calendar: undefined, households: {}, parameters: {}, ...found.stage };
    story.from = { file: one.file, title: found.title, story: found.story, expect: found.expect, digest: one.digest };
    const scene = await story.play(at ?? found.step.length, found.step, stage);
    setPane('now');
    return scene;
  });
  const rename = () => go(async () => {
    show((await ask('POST', `${path}/title`, { title: naming, seen: one.digest })).scenarios);
    setNaming(null);
  }, false);
  const drop = () => {
    if (!window.confirm(`删除情形“${one.title}”？（“历史”里还找得回来）`)) return;
    go(async () => { show((await ask('DELETE', `${path}?seen=${one.digest}`)).scenarios); }, false);
  };
  return (
    <li>
      {naming === null ? <strong>{one.title}</strong> : (
        <form class="rehearsal-add" onSubmit={(event) => { event.preventDefault(); rename(); }}>
          <Input value={naming} maxLength={100} required aria-label="情形的名称"
            onInput={({ target }) => setNaming(target.value)} />
          <Button type="submit" look="primary" disabled={busy}>改好</Button>
        </form>
      )}
      {report?.passed && <span class="rehearsal-same">✓ 和写的一样</span>}
      {report && !report.passed && <span class="rehearsal-differs">✗ 和写的不一样</span>}
      {one.wrong && <p class="text-danger">读不了：{one.wrong}</p>}
      {one.story && <p class="rehearsal-story">{one.story}</p>}
      {report && !report.passed && (
        <ul class="rehearsal-faults">
          {report.faults.flatMap(({ at, what, faults }) => (
            faults.map((fault) => <li key={fault}>{at}　{what}：{fault}</li>)
          ))}
        </ul>
      )}
      <div class="rehearsal-buttons">
        {!one.wrong && <Button disabled={busy} onClick={() => open()}>看结局</Button>}
        {!one.wrong && <Button disabled={busy} onClick={() => open(0)}>一步一步看（{one.steps}）</Button>}
        <Button look="link" disabled={busy} onClick={() => setNaming(naming === null ? one.title : null)}>改名称</Button>
        <button type="button" class="btn btn-sm btn-link text-danger" disabled={busy} onClick={drop}>删除</button>
      </div>
    </li>
  );
}

/** This rehearsal as a scenario: what it is called, what it tells, what must come of it. */
function Keep({ story, scene, act, busy, show, told }) {
  const { from } = story;
  const [title, setTitle] = useState(from?.title ?? '');
  const [text, setText] = useState(from?.story || scene.story);
  const [expected, setExpected] = useState(() => suggested(scene));
  const [said, say] = useState('');
  const toggle = (part, value) => {
    const before = expected[part];
    const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
    setExpected({ ...expected, [part]: after });
  };
  const save = async (again) => {
    const scenario = { ...story.written(), title, story: text, expect: written(expected, scene, from?.expect) };
    const body = again ? { scenario, file: from.file, seen: from.digest } : { scenario };
    say((await act(async () => {
      const { file, digest, report, scenarios } = await ask('POST', `${story.path}/scenarios`, body);
      story.from = { file, digest, title, story: text, expect: scenario.expect };
      story.keep();
      show(scenarios);
      told(report);
      return null;
    }, false)) ?? '存好了，也跑过了。');
  };
  const tick = (part, value, words) => (
    <label key={`${part} ${value}`} class="form-check">
      <input type="checkbox" class="form-check-input" checked={expected[part].includes(value)}
      onChange={() => toggle(part, value)} /> <span>{words}</span></label>
  );
  return (
    <form class="rehearsal-keep" onSubmit={(event) => { event.preventDefault(); save(false); }}>
      <h2 class="rehearsal-title">把现在这个推演存为情形</h2>
      <label>名称<Input value={title} maxLength={100} required placeholder="例如：第一次没通过，修改后通过"
        onInput={({ target }) => setTitle(target.value)} /></label>
      <label>用几句话讲这件事<textarea class="form-control form-control-sm" rows={5} value={text}
        onInput={({ target }) => setText(target.value)} /></label>
      <fieldset><legend>以后再跑，应当还是这样</legend>
        {scene.finished && scene.outcome && tick('outcome', scene.outcome, `以“${scene.outcome}”结束`)}
        {!scene.finished && <p class="rehearsal-hint">这件事还没有走完：只核对走到这里为止的。</p>}
        <details><summary>依次经过的（{expected.path.length}）</summary>
          {scene.passed.map((name, place) => tick('path', place, name))}</details>
        <details><summary>不经过的（{expected.not_passed.length}）</summary>
          {scene.missed.map((name) => tick('not_passed', name, name))}</details>
        <details><summary>数据（{expected.data.length}）</summary>
          {scene.facts.map(({ path, words }) => tick('data', path, words))}</details>
      </fieldset>
      {said && <p role="status" class="rehearsal-hint">{said}</p>}
      <div class="rehearsal-buttons">
        {from && (
          <Button look="primary" disabled={busy || !title.trim()} onClick={() => save(true)}>存回“{from.title}”</Button>
        )}
        <Button type="submit" look={from ? 'outline-primary' : 'primary'} disabled={busy}>
          {from ? '另存一个' : '存为情形'}
        </Button>
      </div>
    </form>
  );
}

function suggested(scene) {
  return {
    outcome: scene.finished && scene.outcome ? [scene.outcome] : [],
    path: scene.passed.map((name, place) => place),
    not_passed: [],
    data: scene.facts.filter(({ path }) => path.endsWith('.结论')).map(({ path }) => path),
  };
}

/** As [expect] has it; who did what stays as the scenario had it. */
function written(expected, scene, before) {
  const data = scene.facts.filter(({ path }) => expected.data.includes(path)).map(({ path, value }) => [path, value]);
  return {
    ...(expected.outcome.length ? { outcome: expected.outcome[0] } : {}),
    path: scene.passed.filter((name, place) => expected.path.includes(place)),
    not_passed: expected.not_passed,
    data: Object.fromEntries(data),
    ...(before?.done_by ? { done_by: before.done_by } : {}),
  };
}
