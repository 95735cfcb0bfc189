// What was copied can be pasted into another draft: it also lies in the browser's store, for this person.
import { getBBox } from 'diagram-js/lib/util/Elements';
import Clipboard from 'diagram-js/lib/features/clipboard/Clipboard';

const PERSON = document.querySelector('meta[name="person"]')?.content ?? '';
const KEY = `cunyi:draft:${PERSON}:studio-clipboard`; // goes at sign-out, as drafts do

export class SharedClipboard extends Clipboard {
  constructor(moddle) {
    super();
    this.moddle = moddle;
  }

  set(tree) {
    super.set(tree);
    try {
      this.stored = JSON.stringify({ at: Date.now(), data: tree });
      localStorage.setItem(KEY, this.stored);
    } catch {
      this.stored = null; // too much for the store: it can still be pasted here
    }
  }

  get() {
    const stored = read();
    if (!stored || stored === this.stored) return super.get();
    return JSON.parse(stored, reviver(this.moddle)).data;
  }

  isEmpty() {
    return super.isEmpty() && !read();
  }
}
SharedClipboard.$inject = ['moddle'];

/** Pastes where there is room, without a mouse: pools below the others, anything else into the selected pool or box. */
export function paste(get) {
  const first = Object.values(get('clipboard').get() ?? {})[0] ?? [];
  const shapes = first.filter(({ width, labelTarget }) => width && !labelTarget);
  if (!shapes.length) return [];
  const [placing, root] = [get('placing'), get('canvas').getRootElement()];
  const pools = shapes.some(({ businessObject }) => businessObject.$type === 'bpmn:Participant');
  const parent = pools ? root : placing.room(get('selection').get()[0]);
  const { width, height } = getBBox(shapes);
  const point = pools ? placing.below(width, height) : placing.free(parent, { width, height });
  const made = get('copyPaste').paste({ element: parent, point }) ?? [];
  if (made.length) {
    get('selection').select(made.filter((each) => made.every((other) => other !== each.parent) && !each.labelTarget));
    get('canvas').scrollToElement(made[0], 80);
  }
  return made;
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // switched off
  }
}

/** Makes BPMN's objects again of what JSON has left of them; the same id is the same object. */
function reviver(moddle) {
  const known = {};
  return (_key, value) => {
    if (typeof value?.$type !== 'string') return value;
    if (value.id && known[value.id]) return known[value.id];
    const { $type, ...attributes } = value;
    const made = moddle.create($type, attributes);
    if (value.id) known[value.id] = made;
    return made;
  };
}
