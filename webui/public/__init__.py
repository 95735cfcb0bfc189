"""The public side, below /p: read and take part without an account, by the code on the paper."""

from webui.public import forms, pages, papers  # noqa: F401 - their routes stand on the blueprint
from webui.public.frame import blueprint

__all__ = ["blueprint"]
