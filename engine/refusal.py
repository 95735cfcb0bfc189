"""Why something was not done, for the person who asked. The web layer only translates `status`."""


class Refusal(Exception):
    """A request that was refused; nothing has changed.

    `code` is stable and English, the message is Chinese and says what to do, `fields` names the fields at
    fault.
    """

    status = 422

    def __init__(self, code: str, message: str, fields: dict[str, str] | None = None) -> None:
        self.code = code
        self.message = message
        self.fields = fields or {}
        super().__init__(message)


class NotVisible(Refusal):
    """There is no such thing, or it is none of this person's business; the two look alike from outside."""

    status = 404


class Forbidden(Refusal):
    """Visible, but not this person's to do."""

    status = 403


class Overtaken(Refusal):
    """Somebody or something was faster."""

    status = 409


class Gone(Refusal):
    """It was there for everybody and was taken down; when and why is said."""

    status = 410


class Invalid(Refusal):
    """What was handed in is not right; `fields` says where."""

    status = 422


class Unavailable(Refusal):
    """The database cannot be reached or is too busy; the same request may go through later."""

    status = 503


class TooMany(Refusal):
    """More than is taken from one place in this time; the same may go through later."""

    status = 429
