// 推演: a draft played on the real engine. The diagram at the left; at the right what can happen, and what has happened.
import { render } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { Board } from './board.js';
import { Cast } from './cast.jsx';
import { Clock } from './clock.jsx';
import { Facts, Log } from './log.jsx';
import { Scenarios } from './scenarios.jsx';
import { Story } from './story.js';
import { Ending, Heard, Tasks } from './tasks.jsx';
import { Button } from './controls.jsx';

const PANES = [['now', '推演'], ['cast', '人员和参数'], ['scenarios', '情形']];

function Rehearsal({ page, board, chooser }) {
  const story = useMemo(() => new Story(page.draft, page.stage), []);
  const [, redraw] = useState(0);
  const [pane, setPane] = useState('now');
  const [busy, setBusy] = useState(false);
  const [said, say] = useState('');
  const [chosen, choose] = useState('');
  const side = useRef(null);

  /** Does something with the story and shows what came of it; answers with what keeps it from being done. */
  const act = async (what, moving = true) => {
    setBusy(true);
    say('');
    let refused = null;
    const before = places(story.scene);
    try {
      refused = (await what()) ?? null;
      if (refused?.refused) refused = told(refused.refused);
      if (typeof refused !== 'string') refused = null;
      if (story.scene) board.show(story.scene, moving && !refused);
      if (side.current && places(story.scene) !== before) side.current.scrollTop = 0; // what can be done now is there
    } catch (error) {
      refused = error.message;
    }
    setBusy(false);
    redraw((n) => n + 1);
    return refused;
  };
  const go = async (what, moving) => say((await act(what, moving)) ?? '');

  useEffect(() => {
    const handed = story.recall();
    chooser.current = choose;
    go(() => story.play(), handed);
  }, []);
  useEffect(() => { board.choose(chosen); }, [chosen]);
  useEffect(() => { if (side.current) side.current.scrollTop = 0; }, [pane]);

  const turn = (event) => { // left and right go from tab to tab, as everywhere
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const keys = PANES.map(([key]) => key);
    const next = keys[(keys.indexOf(pane) + step + keys.length) % keys.length];
    setPane(next);
    document.getElementById(`pane-${next}`).focus();
  };

  const { scene } = story;
  const open = { story, scene, act, go, busy, page, setPane, board };
  return (
    <div class="rehearsal-panel" aria-busy={busy}>
      <div class="rehearsal-panes" role="tablist" onKeyDown={turn}>
        {PANES.map(([key, title]) => (
          <button key={key} type="button" role="tab" id={`pane-${key}`} aria-selected={pane === key}
            tabIndex={pane === key ? 0 : -1} aria-controls="rehearsal-pane"
            onClick={() => setPane(key)}>{title}</button>
        ))}
      </div>
      {said && <div class="alert alert-danger rehearsal-said" role="alert">{said}</div>}
      <div class="rehearsal-pane" id="rehearsal-pane" role="tabpanel" aria-labelledby={`pane-${pane}`} tabIndex={0}
        ref={side}>
        {pane === 'now' && scene && <Now {...open} chosen={chosen} choose={choose} />}
        {pane === 'cast' && <Cast {...open} />}
        {pane === 'scenarios' && <Scenarios {...open} />}
      </div>
    </div>
  );
}

function Now({ chosen, choose, ...open }) {
  const { story, scene, go, busy, setPane, board } = open;
  const [whole, setWhole] = useState(board.whole);
  return (
    <>
      <div class="rehearsal-bar">
        <strong class="rehearsal-clock">{scene.clock_words}</strong>
        <span class="rehearsal-tools">
          <Button disabled={busy || story.at === 0}
            onClick={() => go(() => story.play(story.at - 1), false)}>退一步</Button>
          <Button disabled={busy || story.at >= story.moves.length}
            onClick={() => go(() => story.play(story.at + 1))}>进一步</Button>
          <Button disabled={busy || story.moves.length === 0}
            onClick={() => go(() => { story.from = null; return story.play(0, []); }, false)}>重来</Button>
          <Button aria-pressed={whole}
            onClick={() => setWhole(board.toggle(scene))}>全图</Button>
          <Button look="primary" disabled={busy || story.at === 0}
            onClick={() => setPane('scenarios')}>存为情形</Button>
        </span>
      </div>
      <Ending scene={scene} />
      <Tasks {...open} chosen={chosen} choose={choose} />
      <Heard {...open} />
      {!scene.finished && <Clock {...open} />}
      <Log {...open} />
      <Facts scene={scene} />
    </>
  );
}

function places(scene) {
  return Object.keys(scene?.positions ?? {}).join(' ');
}

function told({ move, message }) {
  return `第 ${move + 1} 步办不成，停在它前面：${message}`;
}

async function begin() {
  const page = JSON.parse(document.getElementById('rehearsal-data').textContent);
  const side = document.getElementById('rehearsal-side');
  const chooser = { current: () => {} };
  try {
    const surface = document.getElementById('rehearsal-diagram');
    const board = await Board.open(surface, page.xml, (id) => chooser.current(id));
    side.replaceChildren();
    render(<Rehearsal page={page} board={board} chooser={chooser} />, side);
  } catch {
    side.textContent = '流程图画不出来，不能推演。请回到“流程图”看看，或者请管理员帮忙。';
  }
}

begin();
