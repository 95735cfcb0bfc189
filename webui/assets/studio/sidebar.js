// The settings at the right: as wide as somebody likes it, and folded away where the drawing needs the room.
const KEY = 'cunyi:studio-panel'; // { width, folded }: of this device, whoever sits there
const [LEAST, MOST, USUAL] = [240, 560, 320]; // pixels
const STEP = 20;

export function preparePanel(frame) {
  const button = frame.querySelector('[data-do="panel"]');
  const grip = frame.querySelector('.drawing-grip');
  const state = { width: USUAL, folded: false, ...read() };
  const show = () => {
    state.width = Math.max(LEAST, Math.min(MOST, Math.round(state.width)));
    frame.style.setProperty('--panel-width', `${state.width}px`);
    frame.classList.toggle('no-panel', state.folded);
    button.setAttribute('aria-expanded', String(!state.folded));
    for (const [name, value] of Object.entries({ valuenow: state.width, valuemin: LEAST, valuemax: MOST })) {
      grip.setAttribute(`aria-${name}`, value);
    }
    write(state);
  };
  button.addEventListener('click', () => { state.folded = !state.folded; show(); });
  grip.addEventListener('keydown', ({ key }) => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP }[key];
    if (by) { state.width += by; show(); }
  });
  grip.addEventListener('pointerdown', (event) => {
    grip.setPointerCapture(event.pointerId);
    const right = grip.parentElement.getBoundingClientRect().right;
    const move = ({ clientX }) => { state.width = right - clientX; show(); };
    grip.addEventListener('pointermove', move);
    grip.addEventListener('pointerup', () => grip.removeEventListener('pointermove', move), { once: true });
  });
  show();
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // switched off, or not ours
  }
}

function write(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // The next visit begins with the usual width.
  }
}
