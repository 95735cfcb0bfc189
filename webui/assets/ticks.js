// A list of people to tick: 全到 ticks everybody (again: nobody), and the running count says whether they are enough, or
// in an election too many. Ticking nobody (弃权) takes the others' ticks away, and the other way round. In a long list
// people are found by name; one that says `few` shows only so many, and who is ticked or looked for.
const LONG = 24;

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-tick-all]');
  if (!button) return;
  const boxes = boxesOf(button.closest('[data-ticks]'));
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  count(button.closest('[data-ticks]'));
});
document.addEventListener('change', (event) => {
  const list = event.target.closest?.('[data-ticks]');
  if (!list) return;
  const none = list.querySelector('[data-tick-none]');
  if (none && event.target.checked) {
    if (event.target === none) for (const box of boxesOf(list)) box.checked = false;
    else none.checked = false;
  }
  count(list);
});
document.addEventListener('DOMContentLoaded', () => {
  for (const list of document.querySelectorAll('[data-ticks]')) {
    count(list);
    if (!list.dataset.most && boxesOf(list).length > LONG) findable(list);
  }
});

function findable(list) {
  const field = document.createElement('input');
  const few = Number(list.dataset.few ?? 0);
  field.type = 'search';
  field.className = 'form-control mb-2';
  field.placeholder = few ? `按姓名找（下面只列出前 ${few} 人）` : '按姓名找';
  field.setAttribute('aria-label', `${list.querySelector('legend').textContent}：按姓名找`);
  field.addEventListener('input', () => narrow(list, field.value.trim(), few));
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
  list.querySelector('.ticks').before(field);
  narrow(list, '', few);
}

function narrow(list, wanted, few) {
  for (const [place, box] of boxesOf(list).entries()) {
    const label = box.closest('label');
    const listed = wanted ? label.textContent.includes(wanted) : !few || place < few;
    label.hidden = !listed && !(few && box.checked);
  }
}

function count(list) {
  const place = list?.querySelector('[data-tick-count]');
  if (!place) return;
  const boxes = boxesOf(list);
  const ticked = boxes.filter((box) => box.checked).length;
  if (list.dataset.most) {
    const most = Number(list.dataset.most);
    place.textContent = `选了 ${ticked} 人${ticked > most ? `，最多选 ${most} 人，多了 ${ticked - most} 人` : ''}`;
    place.classList.toggle('text-danger', ticked > most);
    return;
  }
  const missing = Number(list.dataset.least ?? 0) - ticked;
  place.textContent = `共 ${boxes.length} 人，勾了 ${ticked} 人${missing > 0 ? `，还差 ${missing} 人` : ''}`;
}

function boxesOf(list) {
  return [...list.querySelectorAll('input[type="checkbox"]:not([data-tick-none])')];
}
