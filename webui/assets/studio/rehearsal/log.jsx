// What has happened so far, each line to be gone back to; and the data that came of it.
import { Button } from './controls.jsx';

export function Log({ scene, story, go, busy }) {
  if (!story.moves.length) {
    return <p class="rehearsal-hint">点上面的结果，就当这一步已经办完、得出了它；想看看怎么办的，点“照实办”。每一步都可以退回。</p>;
  }
  const ahead = story.moves.length - story.at;
  return (
    <section aria-labelledby="log-title">
      <h2 id="log-title" class="rehearsal-title">经过</h2>
      {ahead > 0 && (
        <p class="rehearsal-hint">后面还有 {ahead} 步没有走：点“进一步”接着走，或者
          <Button look="link" disabled={busy} onClick={() => go(() => story.play(story.moves.length))}>走到最后</Button>
        </p>
      )}
      <ol class="rehearsal-log" reversed>
        {scene.lines.map((line, place) => (
          <li key={place} value={place + 1}>
            <span class="rehearsal-when">{line.at}{place < story.at - 1 && (
              <Button look="link" disabled={busy} aria-label={`回到这里，第 ${place + 1} 步`}
                onClick={() => go(() => story.play(place + 1), false)}>回到这里</Button>
            )}</span>
            <span class="rehearsal-what">{line.what}</span>
            {line.notes.map((note) => <span key={note} class="rehearsal-note">{note}</span>)}
            {line.faults.map((fault) => <span key={fault} class="rehearsal-fault">{fault}</span>)}
          </li>
        )).reverse()}
      </ol>
    </section>
  );
}

export function Facts({ scene }) {
  if (!scene.data.length) return null;
  return (
    <details class="rehearsal-data"><summary>到现在的数据</summary>
      {scene.data.map(({ key, label, rows }) => (
        <div key={key}>
          <h3>{label}</h3>
          <dl>{rows.map(({ name, value }) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
        </div>
      ))}
    </details>
  );
}
