// The form as on a phone: the real viewer in a frame 390 px wide, told of every change.

const PAUSE = 200;

export class Phone {
  constructor(frame, read) {
    Object.assign(this, { frame, read });
    window.addEventListener('message', ({ source, data }) => {
      if (source === frame.contentWindow && data === 'ready') this.show();
    });
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), PAUSE);
  }

  show() {
    this.frame.contentWindow?.postMessage({ schema: this.read() }, window.location.origin);
  }
}

/** Two forms side by side, to look at before one of them is chosen. */
export async function showForms(leftTitle, left, rightTitle, right) {
  const dialog = document.getElementById('drawing-compare');
  const address = document.getElementById('preview').getAttribute('src');
  dialog.innerHTML = `<h2 id="drawing-compare-title">${leftTitle}和${rightTitle}</h2>
    <div class="pair"><section><h3>${leftTitle}</h3></section><section><h3>${rightTitle}</h3></section></div>
    <form method="dialog"><button class="btn btn-primary">看好了</button></form>`;
  const places = dialog.querySelectorAll('section');
  [[leftTitle, left], [rightTitle, right]].forEach(([title, text], place) => {
    const frame = Object.assign(document.createElement('iframe'), { src: address, title });
    places[place].append(frame);
    new Phone(frame, () => JSON.parse(text));
  });
  dialog.showModal();
  dialog.addEventListener('close', () => dialog.replaceChildren(), { once: true });
}
