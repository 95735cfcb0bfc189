// Signing with the finger: what is drawn goes into the form's own file field as a picture. Without a finger, or without
// this script, the field takes a photo of a signature.
const INK = '#111';

document.addEventListener('DOMContentLoaded', () => {
  for (const place of document.querySelectorAll('[data-signature]')) prepare(place);
});

function prepare(place) {
  const canvas = place.querySelector('canvas');
  const field = document.getElementById(place.dataset.signature);
  if (!canvas || !field || !window.DataTransfer) return;
  place.hidden = false;
  const pen = canvas.getContext('2d');
  const blank = () => {
    canvas.width = Math.round(canvas.clientWidth * 2);
    canvas.height = Math.round(canvas.clientHeight * 2);
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: 6, lineCap: 'round', lineJoin: 'round', strokeStyle: INK });
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  };
  blank();
  canvas.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
    pen.lineTo(...at(event)); // a dot is a stroke too
    pen.stroke();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener('pointerup', () => canvas.toBlob((picture) => {
    if (!picture) return;
    const held = new DataTransfer();
    held.items.add(new File([picture], '签名.png', { type: 'image/png' }));
    field.files = held.files;
    field.removeAttribute('required');
  }, 'image/png'));
  place.querySelector('[data-signature-clear]')?.addEventListener('click', () => {
    blank();
    field.value = '';
  });
}
