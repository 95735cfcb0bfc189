// The pages around the drafts: what is too big is said before it is sent, and a level offers its own posts first.

document.addEventListener('change', ({ target }) => {
  if (target.matches('input[type=file][data-most]')) tooBig(target);
  if (target.matches('#field-level')) offer(target.value);
});

/** Says so at once: the server would only break off. */
function tooBig(input) {
  const file = input.files[0];
  const most = Number(input.dataset.most);
  const said = file && file.size > most
    ? `这个文件有 ${Math.ceil(file.size / 1e6)} MB，最多 ${most / 1e6} MB。请删去里面的图片和附件再导入`
    : '';
  input.setCustomValidity(said);
  input.classList.toggle('is-invalid', Boolean(said));
  document.getElementById('error-file').textContent = said;
}

/** The posts of the level come first in the list of who may start. */
function offer(level) {
  const list = document.getElementById('field-starter');
  const group = [...(list?.querySelectorAll('optgroup') ?? [])].find(({ label }) => label === level);
  if (group) list.insertBefore(group, list.querySelector('optgroup'));
}

const chosen = document.getElementById('field-level');
if (chosen) offer(chosen.value);
