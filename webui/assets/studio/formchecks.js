// What `cunyi check` says of the form that is being made, under it; and of steps that what was changed here has upset.
import { Refused, ask } from './server.js';

const PAUSE = 600;

export class Checked {
  /** `select(words)` goes to the field a finding speaks of. */
  constructor({ draft, name }, read, select) {
    Object.assign(this, { address: `/studio/drafts/${draft}/check`, name, read, select, asked: 0 });
    this.place = document.getElementById('editor-findings');
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    const asked = ++this.asked;
    try {
      const { findings } = await ask('POST', this.address, { files: { [this.name]: this.read() } });
      if (asked === this.asked) this.show(this.about(findings));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.place.textContent = `现在检查不了：${error.message}`;
    }
  }

  /** Of the form, and what stands elsewhere only since it is edited: conditions that read a field by its old name. */
  about(findings) {
    const elsewhere = findings.filter(({ file }) => file !== this.name);
    this.before ??= new Set(elsewhere.map(({ message }) => message));
    const upset = elsewhere.filter(({ message }) => !this.before.has(message));
    return [
      ...findings.filter(({ file }) => file === this.name),
      ...upset.map(({ label, message, severity }) => ({ severity, message: `流程图“${label ?? ''}”：${message}` })),
    ];
  }

  show(findings) {
    this.place.replaceChildren();
    if (!findings.length) {
      this.place.textContent = '检查没有发现问题。';
      return;
    }
    const list = document.createElement('ul');
    for (const { message, severity } of findings) {
      const line = document.createElement('li');
      const press = Object.assign(document.createElement('button'), { type: 'button' });
      press.textContent = `${severity === 'error' ? '要改' : '提醒'}：${message}`;
      press.className = severity;
      press.addEventListener('click', () => this.select(message));
      line.append(press);
      list.append(line);
    }
    this.place.append(list);
  }
}
