"""What 待办 transfers to a phone, and how long it takes with many open tasks in the county."""

from pathlib import Path
from typing import Any


def measure(folder: Path) -> dict[str, Any]:
    raise NotImplementedError
