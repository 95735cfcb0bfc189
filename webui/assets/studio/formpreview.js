// Stands in a frame beside the form editor and shows the form it is told of, as whoever fills it in will see it.
import '../older.js';
import { createForm } from '@bpmn-io/form-js-viewer';

import { attachments } from '../attachments.js';
import { speakChinese } from '../calendar.js';
import { busy } from '../files.jsx';

const said = document.getElementById('said');
let viewer = null;
let coming = Promise.resolve();

speakChinese();

window.addEventListener('message', ({ origin, source, data }) => {
  if (origin !== window.location.origin || source !== window.parent || !data?.schema) return;
  coming = coming.then(() => show(data.schema)).catch(() => say('这张表单现在显示不出来。', true));
});
window.parent.postMessage('ready', window.location.origin);

document.getElementById('try').addEventListener('click', () => {
  if (!viewer) return;
  const { errors } = viewer.submit();
  if (busy()) say('附件还在上传，请等一等再试。', true);
  else if (Object.keys(errors).length) say('还有没填好的地方，已在上面标出。', true);
  else say('都填对了。这里只是试填，没有交给谁。');
});

/** What was tried stays typed where the field is still there. */
async function show(schema) {
  const data = viewer?._getSubmitData() ?? {};
  const top = document.scrollingElement.scrollTop;
  viewer?.destroy();
  viewer = await createForm({
    container: document.getElementById('form'),
    schema: withPeople(schema),
    data,
    properties: { ariaLabel: '手机预览' },
    additionalModules: [attachments],
  });
  say('');
  document.scrollingElement.scrollTop = top;
}

/** Fields that pick people have names in them only when somebody really fills the form in. */
function withPeople(field) {
  const names = String(field.properties?.people ?? '').split(' ').filter(Boolean);
  const values = names.map((name, place) => ({ label: `某某（${name}）`, value: place + 1 }));
  return {
    ...field,
    ...(names.length ? { values } : {}),
    ...(field.components ? { components: field.components.map(withPeople) } : {}),
  };
}

function say(words, wrong = false) {
  said.textContent = words;
  said.className = words ? `alert ${wrong ? 'alert-danger' : 'alert-success'}` : '';
}
