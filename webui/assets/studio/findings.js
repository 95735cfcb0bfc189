// What the check says, as one draws: on the elements, and in a list below the drawing.
import { getBBox } from 'diagram-js/lib/util/Elements';

import { ask } from './server.js';
import { kindOf } from './walking.js';

const MARGIN = 40; // pixels
const PAUSE = 400; // milliseconds after a change
const SHOWN = 200; // more than anybody mends in one go
const RETRY = 5_000; // after a check that failed
const SOON = 100; // until the panel shows what is selected
const SIGNS = { error: ['✕', '要改'], warning: ['!', '提示'] }; // told apart by sign and word, not by colour alone
const TABS = [[/^forms\//, '表单'], [/^procedure\.toml$/, '设置'], [/^scenarios\//, '推演']];

const BRACKETED = /”（[a-z_]+）/g; // the name in the file, of a setting that is called by its title

/** Brings an element to the middle, unless it is in sight; one larger than the window by its beginning. */
function centre(canvas, element) {
  const { x, y, width, height } = getBBox(element);
  const { scale, ...view } = canvas.viewbox();
  const within = (start, size, from, room) => start >= from && start + size <= from + room;
  if (within(x, width, view.x, view.width) && within(y, height, view.y, view.height)) return;
  const from = (start, size, room) => (size < room ? start + size / 2 - room / 2 : start - MARGIN / scale);
  canvas.viewbox({ ...view, x: from(x, width, view.width), y: from(y, height, view.height) });
}

/** What is missing or wrong may stand far down in the panel. */
function showMissing() {
  const mark = document.querySelector('#properties .panel-must, #properties .panel-note.bad');
  mark?.closest('.panel-field').scrollIntoView({ block: 'nearest' });
}

export class Findings {
  constructor(box, { draft, name }, modeler, read) {
    Object.assign(this, { box, draft, name, modeler, read, asked: 0, open: false });
    box.innerHTML = `<button type="button" class="summary" aria-expanded="false" aria-controls="findings-list">
      <span class="words" role="status">正在检查…</span></button><ul id="findings-list" hidden></ul>`;
    [this.summary, this.words, this.list] = ['.summary', '.words', 'ul'].map((part) => box.querySelector(part));
    this.summary.addEventListener('click', () => this.toggle());
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  /** Asks about what is drawn now; an answer that a later question has overtaken is passed over. */
  async check() {
    clearTimeout(this.timer);
    const number = ++this.asked;
    try {
      const files = { [this.name]: await this.read() };
      const { findings } = await ask('POST', `/studio/drafts/${this.draft}/check`, { files });
      if (number === this.asked) this.show(findings);
    } catch (error) {
      if (number !== this.asked) return;
      const away = error.status === 401 || error.code === 'csrf';
      this.words.textContent = away ? '重新登录以后接着检查' : `暂时没法检查：${error.message}`;
      this.timer = setTimeout(() => this.check(), RETRY);
    }
  }

  show(findings) {
    const sorted = [...findings].sort((a, b) => (a.severity > b.severity) - (a.severity < b.severity)); // 'error' first
    this.modeler.get('linting').show(sorted.map((each) => ({ ...each, message: this.named(each.message) })));
    const count = (severity) => sorted.filter((each) => each.severity === severity).length;
    const [errors, hints] = [count('error'), count('warning')];
    this.words.textContent = errors || hints
      ? `检查：${[errors && `${errors} 处要改`, hints && `${hints} 处提示`].filter(Boolean).join('，')}`
      : '检查：没有要改的';
    this.summary.dataset.worst = errors ? 'error' : hints ? 'warning' : '';
    this.list.replaceChildren(...sorted.slice(0, SHOWN).map((each) => this.item(each)));
    if (sorted.length > SHOWN) {
      const rest = `还有 ${sorted.length - SHOWN} 条，改好上面的以后会列出来`;
      this.list.append(Object.assign(document.createElement('li'), { textContent: rest }));
    }
  }

  item(finding) {
    const item = document.createElement('li');
    const [sign, word] = SIGNS[finding.severity] ?? SIGNS.warning;
    const mark = document.createElement('span');
    Object.assign(mark, { className: `sign ${finding.severity}`, textContent: sign });
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', word);
    item.append(mark, this.way(finding));
    return item;
  }

  /** A finding leads to what it is about: the element, or the page where the file is made. */
  way({ element_id: id, file, label, message }) {
    const text = this.named(label ? `「${label}」${message}` : message);
    if (this.elementFor(id)) {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
      button.addEventListener('click', () => this.goTo(id));
      return button;
    }
    const title = TABS.find(([pattern]) => pattern.test(file ?? ''))?.[1];
    const tab = [...document.querySelectorAll('.studio-tabs a')].find((each) => each.textContent.trim() === title);
    if (!tab) return Object.assign(document.createElement('span'), { textContent: text });
    return Object.assign(document.createElement('a'), { textContent: `${text}（去“${title}”）`, href: tab.href });
  }

  /** In words people know: an element without a name is called by what it is, not by its number in the file. */
  named(text) {
    return text.replace(BRACKETED, '”').replace(/「([^」]+)」/g, (quoted, id) => {
      const element = this.modeler.get('elementRegistry').get(id);
      return element ? `「${kindOf(element)}」` : quoted;
    });
  }

  /** What is drawn for this id: the element itself, or the pool of its process. */
  elementFor(id) {
    const known = this.modeler.get('elementRegistry');
    return id && (known.get(id) ?? known.find((each) => each.businessObject?.processRef?.id === id));
  }

  /** Selects an element and brings it to the middle. False where it is not drawn. */
  goTo(id) {
    const element = this.elementFor(id);
    if (!element) return false;
    const canvas = this.modeler.get('canvas');
    const root = canvas.findRoot(element);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    canvas.focus();
    if (element !== root) {
      centre(canvas, element);
      this.modeler.get('selection').select(element);
      setTimeout(showMissing, SOON);
    }
    return true;
  }

  toggle() {
    this.open = !this.open;
    this.list.hidden = !this.open;
    this.summary.setAttribute('aria-expanded', String(this.open));
  }
}
