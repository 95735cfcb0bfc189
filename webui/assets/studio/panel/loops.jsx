/** @jsxImportSource @bpmn-io/properties-panel/preact */
// A step done more than once: for each of a list, so many times, or until a condition no longer holds.
import { useService } from 'bpmn-js-properties-panel';

import { ConditionBox } from './condition.jsx';
import { Choose, Field, Note, TextBox } from './field.jsx';
import { Picker } from './picker.jsx';
import { useReadables } from './readables.js';

const WAYS = [
  { value: '', title: '只办一次' },
  { value: 'each', title: '名单里每一项办一次，同时办' },
  { value: 'each-in-turn', title: '名单里每一项办一次，一项一项办' },
  { value: 'times', title: '办固定的次数，同时办' },
  { value: 'times-in-turn', title: '办固定的次数，一次一次办' },
  { value: 'again', title: '办完再看，满足条件就再办' },
];
const COUNTERS = [
  { path: 'numberOfInstances', step: '这几次', label: '一共几次', sort: 'number' },
  { path: 'numberOfCompletedInstances', step: '这几次', label: '办完了几次', sort: 'number' },
  { path: 'numberOfActiveInstances', step: '这几次', label: '还在办几次', sort: 'number' },
];
const PLAIN_NAME = /^[\p{L}][\p{L}\p{N}_]*$/u;

function wayOf(loop) {
  if (!loop) return '';
  if (loop.$type === 'bpmn:StandardLoopCharacteristics') return 'again';
  return `${loop.loopCardinality && !loop.loopDataInputRef ? 'times' : 'each'}${loop.isSequential ? '-in-turn' : ''}`;
}

export function LoopEntry({ id, element }) {
  const editing = useService('editing');
  const loop = element.businessObject.loopCharacteristics;
  const change = (way) =>
    editing.together(() => editing.update(element, { loopCharacteristics: made(editing, element, way, loop) }));
  const way = wayOf(loop);
  return (
    <>
      <Field id={id} label="办几次">
        <Choose id={id} value={way} options={WAYS} commit={change} />
      </Field>
      {way.startsWith('each') && <EachFields id={id} element={element} loop={loop} />}
      {way.startsWith('times') && <TimesField id={id} element={element} loop={loop} />}
      {way === 'again' && <AgainFields id={id} element={element} loop={loop} />}
      {way && way !== 'again' && (
        <ExpressionField
          id={`${id}-done`}
          element={element}
          loop={loop}
          name="completionCondition"
          extra={COUNTERS}
          label="提前结束"
          help="没有办完，但是满足这个条件，其余的就不办了；不写就全部办完"
        />
      )}
    </>
  );
}

/** The new loop characteristics; what fits of the old ones is kept. */
function made(editing, element, way, before) {
  if (!way) return undefined;
  const object = element.businessObject;
  if (way === 'again') return editing.create('bpmn:StandardLoopCharacteristics', { loopMaximum: 10 }, object);
  const kept = before?.$type === 'bpmn:MultiInstanceLoopCharacteristics' ? before : {};
  const isSequential = way.endsWith('in-turn');
  const loop = editing.create(
    'bpmn:MultiInstanceLoopCharacteristics',
    { isSequential, completionCondition: kept.completionCondition },
    object,
  );
  if (way.startsWith('times')) {
    loop.loopCardinality = kept.loopCardinality ?? editing.create('bpmn:FormalExpression', { body: '3' }, loop);
  } else {
    const { loopDataInputRef, inputDataItem, loopDataOutputRef, outputDataItem } = kept;
    Object.assign(loop, { loopDataInputRef, inputDataItem, loopDataOutputRef, outputDataItem });
  }
  return loop;
}

function EachFields({ id, element, loop }) {
  const editing = useService('editing');
  const { results, why } = useReadables(element);
  const lists = (results ?? []).filter(({ sort, item }) => sort === 'list' && !item);
  const list = loop.loopDataInputRef?.name ?? '';
  const known = lists.find(({ path }) => path === list);
  const item = loop.inputDataItem?.name ?? '';
  const output = loop.loopDataOutputRef?.name ?? '';
  const pick = (path) =>
    editing.together(() => {
      editing.part(element, loop, { loopDataInputRef: dataOf(editing, element, path), loopCardinality: undefined });
      if (!item)
        editing.part(element, loop, { inputDataItem: editing.create('bpmn:DataInput', { name: '事项' }, loop) });
    });
  const nameItem = (name) =>
    editing.part(element, loop, { inputDataItem: editing.create('bpmn:DataInput', { name }, loop) });
  const nameOutput = (name) =>
    editing.together(() => editing.part(element, loop, outputs(editing, element, loop, name)));
  return (
    <>
      <Field id={`${id}-list`} label="哪个名单" must={!list} help="前面填的一张表，或者选的几个人">
        {list && (
          <p class="panel-said">
            <strong>{known ? `${known.step} · ${known.label}` : list}</strong>
          </p>
        )}
        <Picker
          id={`${id}-list`}
          free
          waiting={!results}
          options={lists.map(({ path, step, label }) => ({ value: path, title: `${step} · ${label}`, about: path }))}
          placeholder={list ? '换一个' : '选名单'}
          pick={pick}
        />
        <Note bad>{why}</Note>
      </Field>
      <Field id={`${id}-item`} label="每一项叫什么" must={!item} help="这一步里用它看这一项，如 事项.责任人">
        <TextBox id={`${id}-item`} wide={false} value={item} commit={nameItem} refuse={notAName} />
      </Field>
      <Field id={`${id}-output`} label="结果汇总成" help="每一项的结果合成一张名单，后面用这个名字看；不写就不汇总">
        <TextBox
          id={`${id}-output`}
          wide={false}
          value={output}
          commit={nameOutput}
          refuse={(name) => name && notAName(name)}
        />
      </Field>
    </>
  );
}

function notAName(text) {
  return PLAIN_NAME.test(text) ? '' : '只用汉字、字母和数字，不能以数字开头';
}

/** The list the results are gathered in, and what of each goes into it: the step's result. */
function outputs(editing, element, loop, name) {
  if (!name) return { loopDataOutputRef: undefined, outputDataItem: undefined };
  const key = editing.settings(element).key ?? element.id;
  const outputDataItem = loop.outputDataItem ?? editing.create('bpmn:DataOutput', { name: key }, loop);
  return { loopDataOutputRef: dataOf(editing, element, name), outputDataItem };
}

/** BPMN names lists by data objects: the one of this name, or a new one beside the step. */
function dataOf(editing, element, name) {
  let scope = element.businessObject.$parent;
  while (scope && !scope.flowElements) scope = scope.$parent;
  const known = scope.flowElements.find((each) => each.$type === 'bpmn:DataObject' && each.name === name);
  if (known) return known;
  const data = editing.create('bpmn:DataObject', { name }, scope);
  editing.part(element, scope, { flowElements: [...scope.flowElements, data] });
  return data;
}

function TimesField({ id, element, loop }) {
  const editing = useService('editing');
  const put = (body) =>
    editing.part(element, loop, { loopCardinality: editing.create('bpmn:FormalExpression', { body }, loop) });
  return (
    <Field id={`${id}-times`} label="几次" help="一个数，或者前面填的数，如 登记.份数">
      <TextBox
        id={`${id}-times`}
        wide={false}
        value={(loop.loopCardinality?.body ?? '').trim()}
        commit={put}
        refuse={(text) => (text.trim() ? '' : '请写几次')}
      />
    </Field>
  );
}

function AgainFields({ id, element, loop }) {
  const editing = useService('editing');
  const put = (text) => editing.part(element, loop, { loopMaximum: /^\d{1,4}$/.test(text) ? Number(text) : undefined });
  return (
    <>
      <ExpressionField
        id={`${id}-again`}
        element={element}
        loop={loop}
        name="loopCondition"
        label="什么情况下再办一次"
      />
      <Field id={`${id}-most`} label="最多几次">
        <TextBox
          id={`${id}-most`}
          wide={false}
          type="number"
          min="0"
          step="1"
          value={String(loop.loopMaximum ?? '')}
          commit={put}
        />
      </Field>
    </>
  );
}

function ExpressionField({ id, element, loop, name, label, help, extra }) {
  const editing = useService('editing');
  const put = (body) =>
    editing.part(element, loop, { [name]: body ? editing.create('bpmn:FormalExpression', { body }, loop) : undefined });
  return (
    <Field id={id} label={label} help={help}>
      <ConditionBox
        id={id}
        element={element}
        title={label}
        extra={extra}
        value={(loop[name]?.body ?? '').trim()}
        commit={put}
      />
    </Field>
  );
}
