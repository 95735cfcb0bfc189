// What the page says about saving, and what a person can do when it does not go by itself.
import { Copies } from './copies.js';
import { dismiss, notice } from './notices.js';
import { Saving } from './saving.js';
import { Refused, ask } from './server.js';

const GRACE = 1_000; // milliseconds in which the window this one takes the place of lets go
const SIGN_IN = '/sign-in?next=/studio';
const TROUBLES = ['signed-out', 'away', 'conflict', 'refused'];
const UNKEPT = '这台设备存不下副本：保存好以前请不要关掉这一页，可以先下载到电脑。';

export class Keeping {
  /** `board`: read() → what is edited, as text; show(text) edits another; compare(title, text, title, text) shows
   *  two. */
  constructor(data, board) {
    Object.assign(this, { data, board, copies: new Copies(data.draft, data.name) });
    this.saving = new Saving(data, this.copies, board.read, (told) => this.tell(told));
    this.copies.watch(data.xml, (copy) => this.offer(copy));
    setTimeout(() => this.warn(), GRACE);
  }

  /** Two windows of one person do not know of each other's work. */
  async warn() {
    if (!(await this.copies.elsewhere()).length) return;
    notice('elsewhere', '您在另一个窗口里也开着这一页。请只在一处改：两处都改，后保存的要您选用哪一份。', {
      知道了: () => dismiss('elsewhere'),
    });
  }

  tell({ state, at, message, code, kept = true, other = false }) {
    document.getElementById('saving-state').textContent = {
      saved: at ? `已保存 ${time(at)}` : `${this.data.saved}保存`,
      waiting: '有改动，马上保存',
      saving: '正在保存…',
      away: '没有保存：正在重试',
      'signed-out': '没有保存：要重新登录',
      conflict: '没有保存：别处也改了',
      refused: '没有保存',
    }[state];
    document.getElementById('drawing').dataset.saving = state;
    if (state !== 'saving') TROUBLES.filter((name) => name !== state).forEach(dismiss);
    if (kept) dismiss('unkept');
    else notice('unkept', UNKEPT, { 下载到电脑: () => this.download() }, { urgent: true });
    if (state === 'signed-out') {
      const left = kept ? '您做的都留在这台设备上，' : '';
      const why = other ? '这个浏览器现在登录的是别人。' : '登录已过期。';
      const how = other ? '请退出，用您自己的账号登录，' : '重新登录以后';
      notice('signed-out', `${why}${left}${how}会自动接着保存。`, { 重新登录: SIGN_IN }, { urgent: true });
    } else if (state === 'away') {
      notice('away', `${message}。可以接着做，会自动重试。`, { 现在再试: () => this.saving.save(), 下载到电脑: () => this.download() });
    } else if (state === 'refused') {
      notice('refused', message, { 再试一次: () => this.saving.save(), ...this.ways() }, { urgent: true });
    } else if (state === 'conflict') this.conflict(message, code);
  }

  conflict(message, code) {
    const theirs = code === 'file-removed' ? {} : {
      看看两份: () => this.tried(async () => {
        this.board.compare('对方的', (await this.saving.latest()).xml, '我的', await this.board.read());
      }),
      用对方的: () => this.tried(() => this.takeTheirs()),
    };
    const text = message.split('。')[0].replace(this.data.name, this.data.called ?? this.data.name);
    notice('conflict', `${text}。两份都在，请选择：`, {
      ...theirs, '用我的（覆盖）': () => this.tried(() => this.saving.overwrite()), ...this.ways(),
    }, { urgent: true });
  }

  ways() {
    return { 把我的另存为一份草稿: () => this.tried(() => this.saveAside()), 下载到电脑: () => this.download() };
  }

  async takeTheirs() {
    const { xml, digest } = await this.saving.latest();
    if (!this.copies.setAside(await this.board.read(), this.saving.seen)) {
      throw new Refused(0, 'no-room', '这台设备存不下您的那一份，没有换。请先下载到电脑，或者另存为一份草稿');
    }
    await this.board.show(xml);
    this.saving.restart(digest);
    this.offer(this.copies.others().at(-1));
  }

  async saveAside() {
    const { draft } = await ask('POST', `/studio/drafts/${this.data.draft}/aside`, {
      files: { [this.data.name]: await this.board.read() },
    });
    this.copies.drop();
    this.saving.saved = this.saving.version; // it lies in the other draft: leaving loses nothing
    window.location.href = `/studio/drafts/${draft}`;
  }

  /** A copy that lies on this device and not with the server. */
  offer(copy) {
    const name = `copy-${copy.at}`;
    const newer = copy.seen !== this.saving.seen ? '那以后这份草稿又保存过；恢复会盖住后来的改动，历史里找得回来。' : '';
    const done = () => { this.copies.forget(copy); dismiss(name); };
    notice(name, `这台设备上留有 ${day(copy.at)} 没有保存的改动。${newer}`, {
      看看不同: () => this.tried(async () => this.board.compare('现在的', await this.board.read(), '留下的', copy.xml)),
      恢复: () => this.tried(async () => { await this.restore(copy); done(); }),
      不要: done,
    });
  }

  async restore(copy) {
    const before = await this.board.read();
    try {
      await this.board.show(copy.xml);
    } catch (error) {
      await this.board.show(before);
      throw error;
    }
    this.saving.changed();
    await this.saving.copy(); // before the one it came from goes
  }

  async download() {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await this.board.read()], { type: 'application/octet-stream' }));
    link.download = this.data.name.split('/').at(-1);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** A failure is said, and nothing that was drawn changes. */
  async tried(action) {
    dismiss('failed');
    try {
      await action();
    } catch (error) {
      const text = error instanceof Refused ? error.message : '没有办成，什么也没有变。请再试一次，或者先下载到电脑';
      notice('failed', text, { 知道了: () => dismiss('failed') }, { urgent: true });
      if (!(error instanceof Refused)) throw error;
    }
  }
}

const BEIJING = { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hour12: false };

function time(at) {
  return new Intl.DateTimeFormat('zh-CN', BEIJING).format(new Date(at));
}

function day(at) {
  return new Intl.DateTimeFormat('zh-CN', { ...BEIJING, month: 'long', day: 'numeric' }).format(new Date(at));
}
