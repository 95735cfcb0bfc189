"""What goes wrong while a diagram runs."""


class ExecutionError(Exception):
    """A failure while running. The message is Chinese and says what to do.

    The instance it happened in is in the middle of something: discard it and load the last state again.
    `element_id` and `label` name the element where it happened, as far as there is one.
    """

    def __init__(self, message: str, element_id: str | None = None, label: str | None = None) -> None:
        super().__init__(f"「{label}」{message}" if label else message)
        self.element_id = element_id
        self.label = label
