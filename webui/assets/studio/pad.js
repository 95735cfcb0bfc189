// The buttons beside what is selected stay in sight: a lane is wider than the window, a step may stand at its edge.
import ContextPad from 'diagram-js/lib/features/context-pad/ContextPad';

const ROOM = { width: 84, height: 130 }; // pixels the buttons take
const AWAY = { left: -9999, top: 0 };

export class StudioPad extends ContextPad {
  _getPosition(target) {
    const { left, top } = super._getPosition(target);
    const frame = this._canvas.getContainer().getBoundingClientRect();
    const box = this._getTargetBounds(target);
    const seen = box.right > frame.left && box.left < frame.right && box.bottom > frame.top && box.top < frame.bottom;
    if (!seen) return AWAY; // scrolled out of sight, and its buttons with it
    return { left: within(left, frame.width - ROOM.width), top: within(top, frame.height - ROOM.height) };
  }
}
StudioPad.$inject = ContextPad.$inject;

function within(value, most) {
  return Math.max(0, Math.min(value, most));
}
