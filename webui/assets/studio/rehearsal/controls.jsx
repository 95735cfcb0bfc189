// Buttons and fields as small as a panel beside a diagram wants them.

export function Button({ look = 'outline-secondary', type = 'button', ...rest }) {
  return <button type={type} class={`btn btn-sm btn-${look}`} {...rest} />;
}

export function Input(attributes) {
  return <input class="form-control form-control-sm" {...attributes} />;
}

export function Select(attributes) {
  return <select class="form-select form-select-sm" {...attributes} />;
}
