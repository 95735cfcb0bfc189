// Time at will.
import { useState } from 'preact/hooks';
import { Button, Input } from './controls.jsx';

export function Clock({ scene, go, busy, story }) {
  const [days, setDays] = useState(5);
  const wait = (text) => go(() => story.add({ wait: text }));
  const [next] = scene.due;
  return (
    <section aria-labelledby="clock-title">
      <h2 id="clock-title" class="rehearsal-title">让时间过去</h2>
      <div class="rehearsal-times">
        <Button disabled={busy} onClick={() => wait('1h')}>过 1 小时</Button>
        <Button disabled={busy} onClick={() => wait('1d')}>过 1 天</Button>
        <span class="rehearsal-days">
          <Button disabled={busy || !(days >= 1)}
            onClick={() => wait(`${days}wd`)}>过</Button>
          <Input type="number" min="1" max="250" value={days} aria-label="几个工作日"
            onInput={({ target }) => setDays(Math.min(250, Math.max(0, Math.trunc(Number(target.value)))))} />
          个工作日
        </span>
        {next && (
          <Button look="outline-primary" disabled={busy} onClick={() => wait('到期')}>
            到下一个到期：{next.name}，{next.words}
          </Button>
        )}
      </div>
      {scene.due.length > 1 && (
        <details class="rehearsal-more"><summary>后面还有 {scene.due.length - 1} 件到期的</summary>
          <ul>{scene.due.slice(1).map(({ name, words }) => <li key={`${name} ${words}`}>{words}　{name}</li>)}</ul>
        </details>
      )}
    </section>
  );
}
