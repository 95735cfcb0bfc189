/** @jsxImportSource @bpmn-io/properties-panel/preact */
// A step: what it is, who does it, how, what its kind needs to know, what it rests on.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { ELEMENTS } from '../elements.js';
import { AreaBox, Choose, Field, Note, Remove, TextBox } from './field.jsx';
import { aboutPost } from './words.jsx';
import { Picker } from './picker.jsx';

export const PERSONAL = ['bpmn:UserTask', 'bpmn:ManualTask', 'bpmn:Task', 'bpmn:SendTask', 'bpmn:ReceiveTask'];
const ALWAYS = ['kind', 'key', 'due', 'clauses', 'who', 'not_who'];

export function isStep({ type, businessObject }) {
  return PERSONAL.includes(type) && !businessObject.messageRef;
}

export function NameEntry({ id, element, label = '名称', help }) {
  const editing = useService('editing');
  return (
    <Field id={id} label={label} help={help}>
      <TextBox
        id={id}
        value={element.businessObject.name ?? ''}
        commit={(text) => editing.name(element, text.trim())}
      />
    </Field>
  );
}

/** Changing the kind keeps what fits, and says what it drops before it does. */
export function KindEntry({ id, element }) {
  const editing = useService('editing');
  const catalogue = useService('catalogue');
  const [wanted, setWanted] = useState('');
  const settings = editing.settings(element);
  const current = settings.kind ?? (settings.form ? 'handle' : '');
  const options = catalogue.found.kinds.map(({ key, title, help }) => ({ value: key, title: `${title}：${help}` }));
  const lost = wanted ? dropped(settings, catalogue.kind(wanted)) : [];
  const change = (kind) => {
    const useless = dropped(settings, catalogue.kind(kind));
    if (useless.length) {
      setWanted(kind);
      return;
    }
    become(kind, []);
  };
  // As from the palette: it comes with what the kind cannot do without.
  const become = (kind, useless) => {
    setWanted('');
    const gone = Object.fromEntries(useless.map((name) => [name, '']));
    editing.set(element, { ...gone, ...ELEMENTS[kind]?.settings, ...shared(settings, kind, catalogue), kind });
  };
  const agree = () => become(wanted, lost);
  const titles = Object.fromEntries((catalogue.kind(current)?.settings ?? []).map(({ name, title }) => [name, title]));
  return (
    <Field id={id} label="办理方式" must={!current}>
      <Choose
        id={id}
        value={wanted || current}
        commit={change}
        options={current ? options : [{ value: '', title: '选一种' }, ...options]}
      />
      {wanted && (
        <div class="panel-card" role="alert">
          <p>
            {`改成“${catalogue.kind(wanted).title}”以后，这些设置用不上，会去掉：`}
            {lost.map((name) => titles[name] ?? name).join('、')}。
          </p>
          <button type="button" class="panel-add" onClick={agree}>
            改
          </button>
          <button type="button" class="panel-add" onClick={() => setWanted('')}>
            不改
          </button>
        </div>
      )}
    </Field>
  );
}

/** What is set already and has the same meaning for the other kind. */
function shared(settings, kind, catalogue) {
  const useless = dropped(settings, catalogue.kind(kind));
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'kind' && !useless.includes(name)));
}

export function dropped(settings, kind) {
  const known = [...ALWAYS, ...(kind?.settings ?? []).map(({ name }) => name)];
  return Object.keys(settings).filter((name) => !known.includes(name));
}

/** The lane the step stands in; the name is the lane's, and so are all the other steps in it. */
export function LaneEntry({ id, element }) {
  const editing = useService('editing');
  const catalogue = useService('catalogue');
  const registry = useService('elementRegistry');
  const selection = useService('selection');
  const lane = is(element, 'bpmn:Lane') ? element : laneOf(registry, element);
  if (!lane)
    return (
      <Field id={id} label="岗位或身份">
        <Note bad>还没有放进泳道，请把它拖到写着岗位的泳道里</Note>
      </Field>
    );
  const name = lane.businessObject.name ?? '';
  const known = catalogue.found.designations.find((each) => each.name === name);
  const own = lane === element;
  const options = catalogue.found.designations.map((each) => ({
    value: each.name,
    title: each.name,
    about: aboutPost(each),
  }));
  return (
    <Field
      id={id}
      label="岗位或身份"
      must={own && !name}
      help={own ? '这条泳道里的步骤都由他办' : '写在泳道上；换人办，把步骤拖到别的泳道'}
    >
      <p class="panel-said" id={own ? undefined : id}>
        <strong>{name || '还没有写'}</strong>
        {known && <small>{aboutPost(known)}</small>}
        {!own && (
          <button type="button" class="panel-add" onClick={() => selection.select(lane)}>
            改这条泳道
          </button>
        )}
      </p>
      {name && !known && <Note bad>没有登记过这个岗位、身份，请选一个登记过的</Note>}
      {own && (
        <Picker
          id={id}
          free
          options={options}
          placeholder={name ? '换成别的岗位、身份' : '选岗位、身份'}
          pick={(word) => editing.name(lane, word)}
        />
      )}
    </Field>
  );
}

function laneOf(registry, element) {
  const holders = [element.businessObject];
  for (let above = element.parent; above?.businessObject; above = above.parent) holders.push(above.businessObject);
  const lanes = registry.filter((each) => is(each, 'bpmn:Lane'));
  for (const holder of holders) {
    const found = lanes.filter((lane) => (lane.businessObject.flowNodeRef ?? []).includes(holder));
    if (found.length) return found.find((lane) => !lane.businessObject.childLaneSet) ?? found[0];
  }
  return null;
}

export function GuidanceEntry({
  id,
  element,
  label = '办理说明',
  help = '办的人看得到：怎么办、要注意什么',
  must = false,
}) {
  const editing = useService('editing');
  const value = editing.guidance(element);
  return (
    <Field id={id} label={label} help={help} must={must && !value}>
      <AreaBox id={id} rows={5} value={value} commit={(text) => editing.setGuidance(element, text.trim())} />
    </Field>
  );
}

/** What the step's kind does not know: it has no effect, and can be taken away. */
export function UnknownEntry({ id, element, names }) {
  const editing = useService('editing');
  const settings = editing.settings(element);
  return (
    <Field id={id} label="不认识的设置" help="写了也不起作用">
      {names.map((name) => (
        <p class="panel-card" key={name}>
          {`${name}：${settings[name]}`}
          <Remove label={`去掉“${name}”`} onClick={() => editing.set(element, { [name]: '' })} />
        </p>
      ))}
    </Field>
  );
}

/** Where what belongs to the whole procedure is set. */
export function WholeEntry({ id }) {
  const { path } = useService('catalogue');
  return (
    <div class="bio-properties-panel-entry panel-field" data-entry-id={id}>
      <p class="panel-said">点图上的步骤、连线或泳道，就在这里设置它。</p>
      <p class="panel-help">
        流程的名称、由谁发起在<a href={`${path}/settings`}>设置</a>里，参数在<a href={`${path}/parameters`}>参数</a>里。
      </p>
    </div>
  );
}
