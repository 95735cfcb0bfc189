// 设置 as plain forms, made handier: long lists are searched, a type tells how its value is written, and nobody leaves
// with something typed that is not saved.

for (const box of document.querySelectorAll('[data-picker]')) searchable(box);
for (const select of document.querySelectorAll('select[data-hints]')) explaining(select);
for (const form of document.querySelectorAll('form[data-guard]')) guarded(form);

/** A field over a list of ticks that leaves only those that contain what is typed. */
function searchable(box) {
  const field = document.createElement('input');
  field.type = 'search';
  field.className = 'form-control';
  field.placeholder = box.dataset.picker;
  field.setAttribute('aria-label', box.dataset.picker);
  const place = document.createElement('div');
  place.className = 'picker-find';
  place.append(field);
  box.prepend(place);
  const groups = [...box.querySelectorAll('details')];
  const opened = groups.map((group) => group.open);
  field.addEventListener('input', () => {
    const wanted = field.value.trim().toLowerCase();
    groups.forEach((group, index) => {
      let found = 0;
      for (const tick of group.querySelectorAll('.tick')) {
        const fits = tick.textContent.toLowerCase().includes(wanted);
        tick.hidden = !fits;
        tick.style.display = fits ? '' : 'none';
        found += fits;
      }
      group.hidden = !found;
      group.open = wanted ? found > 0 : opened[index];
    });
  });
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
}

/** The hint of the default follows the type; what a type does not have is put aside. */
function explaining(select) {
  const hints = JSON.parse(select.dataset.hints);
  const form = select.form;
  const fit = () => {
    const hint = document.getElementById('hint-default');
    if (hint) hint.textContent = hints[select.value] ?? '';
    show(form.elements.choices, ['choice', 'list'].includes(select.value));
    show(form.elements.unit, ['integer', 'number', 'money'].includes(select.value));
    for (const name of ['minimum', 'maximum']) show(form.elements[name], select.value !== 'choice');
  };
  select.addEventListener('change', fit);
  fit();
}

function show(field, wanted) {
  const place = field.closest('.mb-3');
  if (!field.value || wanted) place.style.display = wanted ? '' : 'none';
}

function guarded(form) {
  let changed = Boolean(document.querySelector('.alert-danger'));
  form.addEventListener('input', (event) => { if (event.target.name) changed = true; });
  form.addEventListener('submit', () => { changed = false; });
  window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });
}
