// Bars above the drawing: what happened, in a sentence, and what can be done about it.

/** Shows a bar under a name; a second one of the same name takes its place. `choices`: label → action or address. */
export function notice(name, text, choices = {}, { urgent = false } = {}) {
  const bar = document.createElement('div');
  bar.className = `drawing-notice${urgent ? ' urgent' : ''}`;
  bar.dataset.notice = name;
  bar.setAttribute('role', urgent ? 'alert' : 'status');
  bar.append(Object.assign(document.createElement('span'), { textContent: text }));
  for (const [label, action] of Object.entries(choices)) bar.append(choice(label, action));
  dismiss(name);
  document.getElementById('drawing-notices').append(bar);
}

export function dismiss(name) {
  document.querySelector(`[data-notice="${name}"]`)?.remove();
}

function choice(label, action) {
  if (typeof action === 'string') {
    const link = document.createElement('a');
    return Object.assign(link, { textContent: label, href: action, target: '_blank', rel: 'opener' });
  }
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
  button.addEventListener('click', action);
  return button;
}
