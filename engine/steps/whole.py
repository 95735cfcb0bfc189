"""Whole numbers, and yes or no, among the settings of a step."""

from engine.steps.kind import SettingError, Words


def whole(words: Words, name: str, title: str, default: int = 0) -> int:
    """The number a setting gives. Raises SettingError; `title` is what the Chinese message calls it."""
    raw = words.value(name, default)
    try:
        number = int(str(raw).strip())
    except ValueError:
        raise SettingError(f"“{title}”（{name}）写的“{raw}”要改成整数") from None
    if not 0 <= number <= 1_000_000:
        raise SettingError(f"“{title}”（{name}）要在 0 到一百万之间")
    return number


def whether(words: Words, name: str, title: str) -> bool:
    """A setting that is `yes` or `no` (default). Raises SettingError; `title` is what the Chinese message calls it."""
    raw = words.text(name, "no")
    if raw not in ("yes", "no"):
        raise SettingError(f"“{title}”（{name}）写的“{raw}”看不懂，只能写 yes 或 no")
    return raw == "yes"
