// What can be done now: each open step with the results it can come to, and with what its people do on it.
import { useEffect, useRef, useState } from 'preact/hooks';

import { ActForm } from './form.jsx';
import { Button, Input } from './controls.jsx';

export function Ending({ scene }) {
  if (scene.error) return <div class="alert alert-warning" role="status">出了错“{scene.error}”，没有哪里接住它，这件事就此结束。</div>;
  if (scene.finished) {
    return <div class="alert alert-success" role="status">已经走到：<strong>{scene.outcome || '结束'}</strong></div>;
  }
  if (scene.stuck) {
    return <div class="alert alert-danger" role="status">卡住了：没有人能办，也没有在等的时间、消息。请看看停着的地方接下去怎么走。</div>;
  }
  return null;
}

export function Tasks({ scene, chosen, ...open }) {
  if (!scene.tasks.length) return null;
  return (
    <section aria-labelledby="now-title">
      <h2 id="now-title" class="rehearsal-title">现在可以做什么</h2>
      {scene.tasks.map((task) => <Task key={task.element} task={task} framed={chosen === task.element} {...open} />)}
    </section>
  );
}

function Task({ task, framed, choose, act, go, busy, story, page }) {
  const [playing, setPlaying] = useState('');
  const card = useRef(null);
  const settle = (offer) => go(() => story.add({ does: task.does, result: offer.result }));
  const fail = (code) => go(() => story.add({ does: task.does, error: code }));
  useEffect(() => { if (framed) card.current.scrollIntoView({ block: 'nearest' }); }, [framed]);
  const ready = task.acts.filter((one) => !one.not_yet);
  const later = task.acts.filter((one) => one.not_yet);
  const button = (one) => (
    <button key={one.title} type="button" disabled={busy} aria-expanded={playing === one.title}
      class={`btn btn-sm ${one.not_yet ? 'btn-link' : 'btn-outline-primary'}`}
      onClick={() => setPlaying(playing === one.title ? '' : one.title)}>{one.title}…</button>
  );
  const current = task.acts.find((one) => one.title === playing);
  return (
    <article class={`rehearsal-task${framed ? ' framed' : ''}`} ref={card} data-element={task.element}>
      <h3>
        <button type="button" class="rehearsal-name"
          onClick={() => choose(framed ? '' : task.element)}>{task.label}</button>
        {task.many > 1 && <span class="badge text-bg-light">{task.many} 份</span>}
        <span class="rehearsal-about">{[task.title, task.lane].filter(Boolean).join('　')}</span>
      </h3>
      {task.due && !task.late && <p class="rehearsal-due">要在这以前办：{task.due.words}</p>}
      {task.due && task.late && <p class="rehearsal-due late">已经逾期：{task.due.words}</p>}
      {task.wrong && <p class="text-danger">{task.wrong}</p>}
      {(task.offers.length > 0 || task.errors.length > 0) && (
        <div class="rehearsal-offers"><span>结果：</span>
          {task.offers.map((offer) => (
            <button key={offer.label} type="button" class="btn btn-sm btn-primary" disabled={busy}
              onClick={() => settle(offer)}>{offer.label}</button>
          ))}
          {task.errors.map((code) => (
            <button key={code} type="button" class="btn btn-sm btn-outline-danger" disabled={busy}
              onClick={() => fail(code)}>出错：{code}</button>
          ))}
          {task.more > 0 && <span class="text-body-secondary">还有 {task.more} 种，请在下面照实填。</span>}
        </div>
      )}
      {task.acts.length > 0 && (
        <div class="rehearsal-acts"><span>照实办：</span>
          {ready.map(button)}
          {later.length > 0 && (
            <details><summary>还办不了的（{later.length}）</summary>
              {later.map((one) => <p key={one.title} class="rehearsal-later">{button(one)}{one.not_yet}</p>)}
            </details>
          )}
        </div>
      )}
      {current && (
        <ActForm key={`${task.element} ${current.title}`} act={current} busy={busy} people={everybody(story)}
          submit={(by, data) => act(() => story.add(move(task, current, by, data)))} close={() => setPlaying('')} />
      )}
    </article>
  );
}

/** What is awaited from outside: messages with what they bring, signals. */
export function Heard({ scene, go, busy, story }) {
  const [data, setData] = useState({});
  if (!scene.awaited.length) return null;
  return (
    <section aria-labelledby="heard-title">
      <h2 id="heard-title" class="rehearsal-title">等着外面来的</h2>
      {scene.awaited.map(({ kind, name, fields }) => (
        <div key={`${kind} ${name}`} class="rehearsal-heard">
          {fields.map((field) => (
            <label key={field}>{field}
              <Input value={data[field] ?? ''}
                onInput={({ target }) => setData({ ...data, [field]: target.value })} />
            </label>
          ))}
          <Button look="outline-primary" disabled={busy}
            onClick={() => go(() => story.add(kind === 'signal' ? { signal: name } : message(name, fields, data)))}>
            {kind === 'signal' ? `收到信号“${name}”` : `收到消息“${name}”`}
          </Button>
        </div>
      ))}
    </section>
  );
}

function message(name, fields, data) {
  const brought = fields.filter((field) => data[field]).map((field) => [field, read(data[field])]);
  return brought.length ? { message: name, data: Object.fromEntries(brought) } : { message: name };
}

/** Numbers, and yes or no, as such: conditions compare them. */
function read(text) {
  if (text === '是' || text === '否') return text === '是';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function move(task, act, by, data) {
  const action = act.action ? { action: act.action } : {};
  return { by, does: task.does, ...action, ...(Object.keys(data).length ? { data } : {}) };
}

function everybody(story) {
  return [...new Set(Object.values(story.stage.roster).flat())];
}
