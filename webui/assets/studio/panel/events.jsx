/** @jsxImportSource @bpmn-io/properties-panel/preact */
// What an event waits for or sends, in words: a time, a message or signal by its name, a fault by its code.
import { useState } from '@bpmn-io/properties-panel/preact/hooks';
import { useService } from 'bpmn-js-properties-panel';

import { ConditionBox } from './condition.jsx';
import { Choose, Field, Note, TextBox, Tick } from './field.jsx';
import { Picker } from './picker.jsx';
import { Sourced } from './setting.jsx';

const TIMES = [
  { value: 'timeDuration', title: '过一段时间' },
  { value: 'timeDate', title: '到某一天' },
  { value: 'timeCycle', title: '每隔一段时间' },
];
const UNITS = ['d', 'wd', 'h', 'm', 'min'];
const AFTER = { name: 'timer', title: '过多久', sort: 'duration', required: true, parameters: ['duration'] };
const EVERY = { ...AFTER, title: '每隔多久' };
const CYCLE = /^R(\d*)\/(?:([^/]*)\/)?([^/]+)$/;

export function timerOf({ businessObject }) {
  return definitionOf(businessObject, 'bpmn:TimerEventDefinition');
}

export function definitionOf({ eventDefinitions }, type) {
  return (eventDefinitions ?? []).find(({ $type }) => !type || $type === type);
}

export function TimerEntry({ id, element }) {
  const editing = useService('editing');
  const timer = timerOf(element);
  const current = TIMES.find(({ value }) => timer[value])?.value;
  const [kind, setKind] = useState(current ?? 'timeDuration');
  const shown = current ?? kind;
  const text = (timer[shown]?.body ?? '').trim().replace(/^["“'](.*)["”']$/, '$1');
  const put = (name, body) => {
    const expression = body ? editing.create('bpmn:FormalExpression', { body }, timer) : undefined;
    const cleared = Object.fromEntries(TIMES.map(({ value }) => [value, undefined]));
    editing.part(element, timer, { ...cleared, [name]: expression });
  };
  const change = (name) => {
    setKind(name);
    put(name, name === 'timeDuration' ? '7d' : name === 'timeCycle' ? 'R3/P7D' : '');
  };
  const box = { id: `${id}-time`, element, text, put: (body) => put(shown, body) };
  return (
    <>
      <Field id={id} label="什么时候到">
        <Choose id={id} value={shown} options={TIMES} commit={change} />
      </Field>
      {shown === 'timeDuration' && (
        <Sourced
          id={box.id}
          element={element}
          setting={{ ...AFTER, units: UNITS }}
          settings={{}}
          value={text}
          commit={box.put}
        />
      )}
      {shown === 'timeDate' && <DateField {...box} />}
      {shown === 'timeCycle' && <CycleField {...box} />}
    </>
  );
}

function DateField({ id, text, put }) {
  const plain = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(text) || !text;
  return (
    <Field id={id} label="到哪一天" must={!text} help="北京时间">
      {plain ? (
        <TextBox
          id={id}
          wide={false}
          type="datetime-local"
          value={text.length === 10 ? `${text}T00:00` : text.slice(0, 16)}
          commit={put}
        />
      ) : (
        <TextBox id={id} value={text} commit={put} />
      )}
    </Field>
  );
}

function CycleField({ id, element, text, put }) {
  const found = text.match(CYCLE) ?? [null, '3', '', 'P7D'];
  const [, times, start, length] = found;
  const write = (count, every) => put(`R${count}/${start ? `${start}/` : ''}${every}`);
  return (
    <>
      <Sourced
        id={id}
        element={element}
        setting={{ ...EVERY, units: UNITS }}
        settings={{}}
        value={length}
        commit={(every) => every && write(times, every)}
      />
      <Field id={`${id}-times`} label="一共几次" help="不写就一直循环下去；流程中间的定时一定要写">
        <TextBox
          id={`${id}-times`}
          wide={false}
          type="number"
          min="1"
          step="1"
          value={times}
          commit={(count) => write(count, length)}
        />
      </Field>
    </>
  );
}

/** A message, signal, error or escalation of the file: chosen by name, or made by writing a new one. */
const REFERRED = {
  'bpmn:MessageEventDefinition': { type: 'bpmn:Message', field: 'messageRef', title: '哪个消息' },
  'bpmn:SignalEventDefinition': { type: 'bpmn:Signal', field: 'signalRef', title: '哪个信号' },
  'bpmn:ErrorEventDefinition': { type: 'bpmn:Error', field: 'errorRef', title: '哪个错误', code: 'errorCode' },
  'bpmn:EscalationEventDefinition': {
    type: 'bpmn:Escalation',
    field: 'escalationRef',
    title: '哪个上报',
    code: 'escalationCode',
  },
};

export function referred(element) {
  const object = element.businessObject;
  if (['bpmn:SendTask', 'bpmn:ReceiveTask'].includes(object.$type)) {
    return { ...REFERRED['bpmn:MessageEventDefinition'], holder: object };
  }
  const definition = definitionOf(object);
  return definition && REFERRED[definition.$type] && { ...REFERRED[definition.$type], holder: definition };
}

export function ReferredEntry({ id, element }) {
  const editing = useService('editing');
  const definitions = useService('bpmnjs').getDefinitions();
  const { type, field, title, code, holder } = referred(element);
  const every = (definitions.rootElements ?? []).filter(({ $type }) => $type === type);
  const current = holder[field];
  const called = (one) => one.name || (code && one[code]) || one.id;
  const pick = (typed) => {
    const known = every.find((one) => one.id === typed) ?? every.find((one) => called(one) === typed);
    editing.together(() => {
      const chosen = known ?? made(editing, definitions, element, type, typed, code);
      if (holder === element.businessObject) editing.update(element, { [field]: chosen });
      else editing.part(element, holder, { [field]: chosen });
    });
  };
  return (
    <Field id={id} label={title} must={!current} help="名字相同的发和等是一对；写一个新名字就新建一个">
      {current && (
        <p class="panel-said">
          <strong>{called(current)}</strong>
        </p>
      )}
      <Picker
        id={id}
        free
        options={every.filter((one) => one !== current).map((one) => ({ value: one.id, title: called(one) }))}
        placeholder={current ? '换一个，或写新的名字' : '选一个，或写新的名字'}
        pick={pick}
      />
    </Field>
  );
}

function made(editing, definitions, element, type, name, code) {
  const fresh = editing.create(type, { name, ...(code && { [code]: name }) }, definitions);
  editing.part(element, definitions, { rootElements: [...(definitions.rootElements ?? []), fresh] });
  return fresh;
}

export function LinkEntry({ id, element }) {
  const editing = useService('editing');
  const definition = definitionOf(element.businessObject, 'bpmn:LinkEventDefinition');
  return (
    <Field id={id} label="链接的名字" must={!definition.name} help="同一个名字的两头连在一起">
      <TextBox
        id={id}
        value={definition.name ?? ''}
        commit={(name) => editing.part(element, definition, { name: name.trim() })}
      />
    </Field>
  );
}

export function EventConditionEntry({ id, element }) {
  const editing = useService('editing');
  const definition = definitionOf(element.businessObject, 'bpmn:ConditionalEventDefinition');
  const put = (body) => {
    const condition = body ? editing.create('bpmn:FormalExpression', { body }, definition) : undefined;
    editing.part(element, definition, { condition });
  };
  return (
    <Field id={id} label="等到什么时候">
      <ConditionBox
        id={id}
        element={element}
        title="等到什么时候"
        value={(definition.condition?.body ?? '').trim()}
        commit={put}
      />
    </Field>
  );
}

/** Whether what happens stops the step it hangs on (or the whole part, at the start of an event sub-process). */
export function interrupting({ businessObject: object }) {
  if (object.$type === 'bpmn:BoundaryEvent') return 'cancelActivity';
  return object.$type === 'bpmn:StartEvent' && object.$parent?.triggeredByEvent ? 'isInterrupting' : '';
}

export function InterruptEntry({ id, element }) {
  const editing = useService('editing');
  const name = interrupting(element);
  const fault = definitionOf(element.businessObject, 'bpmn:ErrorEventDefinition'); // these always stop it
  return (
    <div class="bio-properties-panel-entry panel-field" data-entry-id={id}>
      <Tick
        id={id}
        checked={element.businessObject[name] !== false}
        disabled={Boolean(fault)}
        commit={(on) => editing.update(element, { [name]: on })}
      >
        发生时，打断正在办的
      </Tick>
      <p class="panel-help">{fault ? '出错总是打断' : '不打断的，原来的接着办，另外多走一条线'}</p>
    </div>
  );
}

export function CalledEntry({ id, element }) {
  const editing = useService('editing');
  const catalogue = useService('catalogue');
  const definitions = useService('bpmnjs').getDefinitions();
  const value = element.businessObject.calledElement ?? '';
  const here = (definitions.rootElements ?? [])
    .filter(({ $type }) => $type === 'bpmn:Process')
    .map(({ id: key, name }) => ({ value: key, title: `这张图里的：${name || key}` }));
  const elsewhere = catalogue.found.procedures.map(({ key, title }) => ({ value: key, title: `已发布的：${title}` }));
  return (
    <Field id={id} label="办哪一个流程" must={!value} help="用的是同一份数据；结果的名字不能重复">
      <Choose
        id={id}
        value={value}
        options={[{ value: '', title: '选一个流程' }, ...here, ...elsewhere]}
        commit={(calledElement) => editing.update(element, { calledElement: calledElement || undefined })}
      />
      {value && ![...here, ...elsewhere].some((one) => one.value === value) && (
        <Note>“{value}”还没有发布，发布这个流程以前要先发布它</Note>
      )}
    </Field>
  );
}
