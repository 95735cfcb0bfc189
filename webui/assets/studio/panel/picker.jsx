/** @jsxImportSource @bpmn-io/properties-panel/preact */
// Choosing from a long list by typing a part of it; and the words chosen so far.
import { useState } from '@bpmn-io/properties-panel/preact/hooks';

const SHOWN = 40; // more than anybody reads: typing narrows them down

/** `options`: value, title, about. With `free` what was typed may be taken as it is, once it is known what there is. */
export function Picker({ id, options, pick, placeholder, free = false, waiting = false, label }) {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const found = open ? options.filter((option) => matches(option, typed.trim())).slice(0, SHOWN) : [];
  const choose = (value) => {
    setTyped('');
    setAt(-1);
    if (value) pick(value);
  };
  const written = () => options.find(({ title }) => title === typed.trim())?.value ?? typed.trim();
  const finish = () => {
    if (waiting) return;
    choose(found[at]?.value ?? (free ? written() : found.length === 1 && typed ? found[0].value : ''));
  };
  const onKeyDown = (event) => {
    if (event.isComposing) return; // Enter still belongs to the input method
    if (event.key === 'Enter') finish();
    else if (event.key === 'Escape') setOpen(false);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      setAt(Math.max(0, Math.min(found.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))));
    }
  };
  return (
    <div class="panel-picker">
      <input
        id={id}
        class="panel-box"
        role="combobox"
        autocomplete="off"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-label={label}
        aria-labelledby={label ? undefined : `${id}-label`}
        aria-activedescendant={at >= 0 && found[at] ? `${id}-${at}` : undefined}
        placeholder={placeholder}
        value={typed}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
        onInput={(event) => {
          setTyped(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onBlur={() => {
          setOpen(false);
          if (free && !waiting && typed.trim()) choose(written());
        }}
      />
      <ul id={`${id}-list`} role="listbox" class="panel-list" hidden={!open} aria-label="可以选的">
        {found.map((option, place) => (
          <li
            key={option.value}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === at}
            onMouseDown={(event) => {
              event.preventDefault();
              choose(option.value);
            }}
          >
            <span>{option.title}</span>
            {option.about && <small>{option.about}</small>}
          </li>
        ))}
        {open && !found.length && (
          <li class="nothing" role="option" aria-disabled="true">
            {waiting ? '正在看前面有哪些……' : free ? '没有现成的，按回车就用写的' : '没有可以选的'}
          </li>
        )}
      </ul>
    </div>
  );
}

function matches({ value, title, about }, typed) {
  return !typed || `${value} ${title} ${about ?? ''}`.toLowerCase().includes(typed.toLowerCase());
}

/** The words chosen so far, each to be taken away; with `order` also to be moved to the front. */
export function Chips({ words, change, titles = {}, order = false }) {
  if (!words.length) return null;
  const forward = (place) =>
    change(words.map((word, at) => (at === place - 1 ? words[place] : at === place ? words[place - 1] : word)));
  return (
    <ul class="panel-chips">
      {words.map((word, place) => (
        <li key={word}>
          {order && place > 0 && (
            <button
              type="button"
              title="往前移"
              aria-label={`把“${titles[word] ?? word}”往前移`}
              onClick={() => forward(place)}
            >
              ‹
            </button>
          )}
          <span>{titles[word] ?? word}</span>
          <button
            type="button"
            title="去掉"
            aria-label={`去掉“${titles[word] ?? word}”`}
            onClick={() => change(words.filter((each) => each !== word))}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}
