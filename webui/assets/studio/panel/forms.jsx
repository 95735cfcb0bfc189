/** @jsxImportSource @bpmn-io/properties-panel/preact */
// The form of a step: chosen from the procedure's, changed or made in the tab beside.
import { useService } from 'bpmn-js-properties-panel';

import { Choose, Note } from './field.jsx';

export function FormBox({ id, setting, value, commit }) {
  const catalogue = useService('catalogue');
  const { forms } = catalogue.found;
  const options = [
    { value: '', title: setting.required ? '还没有选表单' : `不写：${setting.otherwise}` },
    ...forms.map(({ name, title, asks }) => ({ value: name, title: asks ? `${title}：${asks}` : title })),
  ];
  const exists = forms.some(({ name }) => name === value);
  return (
    <>
      <Choose id={id} value={value} options={options} commit={commit} />
      <Note>
        {exists && (
          <>
            <a href={`${catalogue.path}/forms/${encodeURIComponent(value)}`} target="_blank" rel="noopener">
              修改这张表单
            </a>
            {'　'}
          </>
        )}
        <a href={`${catalogue.path}/forms`} target="_blank" rel="noopener">
          {forms.length ? '新建表单' : '还没有表单，去建一张'}
        </a>
      </Note>
    </>
  );
}
