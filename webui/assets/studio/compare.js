// Two diagrams side by side, to look at before one of them is chosen.
import { openViewer } from './view.js';

/** Opens the dialog; says so where one of them cannot be drawn. */
export async function showBoth(leftTitle, left, rightTitle, right) {
  const dialog = document.getElementById('drawing-compare');
  dialog.innerHTML = `<h2 id="drawing-compare-title">${leftTitle}和${rightTitle}</h2>
    <div class="pair"><section><h3>${leftTitle}</h3><div class="picture"></div></section>
    <section><h3>${rightTitle}</h3><div class="picture"></div></section></div>
    <form method="dialog"><button class="btn btn-primary">看好了</button></form>`;
  dialog.showModal();
  const boxes = dialog.querySelectorAll('.picture');
  const viewers = await Promise.all([left, right].map((xml, place) => openViewer(boxes[place], xml).catch(() => {
    boxes[place].textContent = '这一份画不出来';
    return null;
  })));
  dialog.addEventListener('close', () => viewers.forEach((viewer) => viewer?.destroy()), { once: true });
}
