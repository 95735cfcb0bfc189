"""Time is injected: everything that needs the present moment is handed a clock. Only this module reads the
system's.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Returns the present moment as an aware datetime in UTC."""


def system_clock() -> datetime:
    """The present moment of the machine, in UTC."""
    return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved: for rehearsals and tests."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = _aware(now) if now is not None else system_clock()

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, moment: datetime) -> None:
        """Set the clock. Raises ValueError where the moment has no time zone."""
        self.now = _aware(moment)


class MovingClock(VirtualClock):
    """Somebody else's clock, which a rehearsal may move ahead."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock())
        self._clock, self._ahead = clock, timedelta()

    def __call__(self) -> datetime:
        return self._clock() + self._ahead

    def move_to(self, moment: datetime) -> None:
        self._ahead = moment - self._clock()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("the moment has no time zone")
    return moment.astimezone(UTC)
