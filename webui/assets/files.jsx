// The attachments field. Stock form-js keeps chosen files in memory and forgets them with the page; here each file goes
// to POST /files at once, and the field's value is what the server knows it by: [{id, name}]. An answer that comes back
// with errors, or a session that ran out, costs nobody a second photograph.
import { Description, Errors, Label, FilePicker } from '@bpmn-io/form-js-viewer';
import { useRef, useState } from 'preact/hooks';

const LONGEST_EDGE = 2200; // pixels: an A4 page stays readable, and a photo of 8 MB becomes one of some 600 KB
const WORTH_SHRINKING = 1_000_000; // bytes
let uploading = 0;

/** Whether some attachment has not arrived at the server yet. */
export const busy = () => uploading > 0;

export function Files({ field, value, errors = [], onChange, domId, disabled, readonly }) {
  const input = useRef(null);
  const [state, setState] = useState({ waiting: 0, failed: '' });
  const files = Array.isArray(value) ? value : [];
  const latest = useRef(files);
  latest.current = files;
  const fixed = disabled || readonly;

  const change = (next) => {
    latest.current = next;
    onChange({ value: next });
  };
  const add = async (chosen) => {
    if (!chosen.length) return;
    const several = Boolean(field.multiple);
    setState({ waiting: chosen.length, failed: '' });
    const failures = [];
    for (const file of several ? chosen : chosen.slice(0, 1)) {
      try {
        const stored = await upload(file);
        const kept = several ? latest.current.filter(({ id }) => id !== stored.id) : [];
        change([...kept, stored]);
      } catch (error) {
        failures.push(`“${file.name}”没有传上去：${error.message}`);
      }
      setState(({ waiting }) => ({ waiting: waiting - 1, failed: failures.join('；') }));
    }
    setState({ waiting: 0, failed: failures.join('；') });
  };
  const shown = [...errors, ...(state.failed ? [state.failed] : [])];

  return (
    <div class={`fjs-form-field fjs-form-field-filepicker${shown.length ? ' fjs-has-errors' : ''}`}>
      <Label htmlFor={domId} label={field.label} required={field.validate?.required} />
      {files.length > 0 && (
        <ul class="files">
          {files.map((file) => (
            <li key={file.id}>
              <a href={`/files/${file.id}`} target="_blank" rel="noopener">{file.name}</a>
              {!fixed && (
                <button type="button" class="btn btn-outline-secondary" aria-label={`删除附件 ${file.name}`}
                  onClick={() => change(files.filter(({ id }) => id !== file.id))}>删除</button>
              )}
            </li>
          ))}
        </ul>
      )}
      {!fixed && (
        <>
          <input ref={input} id={domId} type="file" class="visually-hidden" tabIndex={-1} multiple={Boolean(field.multiple)}
            accept={field.accept || undefined} aria-describedby={`${domId}-description ${domId}-error-message`}
            onChange={(event) => { add([...event.target.files]); event.target.value = ''; }} />
          <button type="button" class="btn btn-outline-primary" disabled={state.waiting > 0}
            onClick={() => input.current.click()}>
            {state.waiting > 0 ? '正在上传…' : files.length && !field.multiple ? '换一个文件' : '拍照或选择文件'}
          </button>
        </>
      )}
      {fixed && !files.length && <p class="text-body-secondary mb-0">没有附件</p>}
      <Description id={`${domId}-description`} description={field.description} />
      <Errors id={`${domId}-error-message`} errors={shown} />
    </div>
  );
}
Files.config = {
  ...FilePicker.config,
  label: '附件',
  emptyValue: [],
  sanitizeValue: ({ value }) => (Array.isArray(value) ? value : []),
};

async function upload(file) {
  uploading += 1;
  try {
    const body = new FormData();
    const photo = await shrink(file);
    body.append('file', photo, photo === file ? file.name : file.name.replace(/\.\w+$/, '') + '.jpg');
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
    const response = await fetch('/files', {
      method: 'POST', body, headers: { 'X-CSRF-Token': token, Accept: 'application/json' },
    });
    if (response.redirected || response.status === 401) throw new Error('登录已过期，请在新窗口登录后再传');
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.error?.message ?? `服务器没有收下（${response.status}）`);
    return { id: answer.id, name: answer.name };
  } catch (error) {
    throw error instanceof TypeError ? new Error('网络不通，请稍后再试') : error;
  } finally {
    uploading -= 1;
  }
}

/** A large photo made smaller before it travels over a village's network; anything else as it is. */
async function shrink(file) {
  if (file.size < WORTH_SHRINKING || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    const smaller = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    return smaller && smaller.size < file.size ? smaller : file;
  } catch {
    return file; // a browser that cannot read the picture sends it whole, and the server judges it
  }
}
