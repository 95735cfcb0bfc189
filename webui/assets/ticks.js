// A list of people to tick: 全到 ticks everybody (again: nobody), and the running count says whether they are enough.
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-tick-all]');
  if (!button) return;
  const boxes = boxesOf(button.closest('[data-ticks]'));
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  count(button.closest('[data-ticks]'));
});
document.addEventListener('change', (event) => count(event.target.closest?.('[data-ticks]')));
document.addEventListener('DOMContentLoaded', () => { for (const list of document.querySelectorAll('[data-ticks]')) count(list); });

function count(list) {
  const place = list?.querySelector('[data-tick-count]');
  if (!place) return;
  const boxes = boxesOf(list);
  const ticked = boxes.filter((box) => box.checked).length;
  const missing = Number(list.dataset.least ?? 0) - ticked;
  place.textContent = `共 ${boxes.length} 人，勾了 ${ticked} 人${missing > 0 ? `，还差 ${missing} 人` : ''}`;
}

function boxesOf(list) {
  return [...list.querySelectorAll('input[type="checkbox"]')];
}
