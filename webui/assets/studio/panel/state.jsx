/** @jsxImportSource @bpmn-io/properties-panel/preact */
// What stands in the panel before there is anything to choose from.
import { useService } from 'bpmn-js-properties-panel';

import { Note } from './field.jsx';

export function StateEntry({ id }) {
  const catalogue = useService('catalogue');
  return (
    <div class="bio-properties-panel-entry panel-field" data-entry-id={id}>
      {catalogue.state === 'loading' ? (
        <Note>正在读取可以选的内容……</Note>
      ) : (
        <Note bad>{`读不到可以选的内容：${catalogue.why}`}</Note>
      )}
      {catalogue.state === 'failed' && (
        <button type="button" class="panel-add" onClick={() => catalogue.refresh()}>
          再试一次
        </button>
      )}
    </div>
  );
}
