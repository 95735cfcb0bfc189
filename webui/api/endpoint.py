"""An endpoint: a function whose signature is its contract; what it takes and answers is read from its hints.

    @endpoint("POST", "/tasks/{task_id}/complete", "办结这一步")
    def complete_task(call: Call, task_id: str, body: Completion) -> Instance: ...

`body` is the JSON handed in, `query` the parameters in the address; both are dataclasses.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, get_type_hints

from engine.authorisation import Actor
from engine.runtime import Runtime

T = TypeVar("T")
Method = Literal["GET", "POST"]


@dataclass(frozen=True)
class Call:
    """Who asks, and on which runtime."""

    runtime: Runtime
    person_id: int

    def actor(self) -> Actor:
        """The person with all they may act as today. Raises NotVisible when erased meanwhile."""
        return self.runtime.database.look(lambda c: self.runtime.actor(c, self.person_id))


@dataclass
class Page(Generic[T]):
    """一页。还有下一页时 `next` 是取下一页用的 `cursor`，否则为 null。"""

    items: list[T]
    next: str | None


@dataclass(frozen=True)
class Raw:
    """An answer that is not JSON."""

    data: bytes
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    method: Method
    path: str
    title: str
    function: Callable[..., Any]
    status: int = 200
    upload: bool = False  # the body is multipart, with one part `file`

    @cached_property
    def hints(self) -> dict[str, Any]:
        return get_type_hints(self.function)

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def body(self) -> type | None:
        return self.hints.get("body") if not self.upload else None

    @property
    def query(self) -> type | None:
        return self.hints.get("query")

    @property
    def answer(self) -> Any:
        return self.hints["return"]

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        rule = self.path
        for name in self.arguments:
            kind = "int:" if self.hints[name] is int else ""
            rule = rule.replace(f"{{{name}}}", f"<{kind}{name}>")
        return rule

    def matches(self, path: str) -> bool:
        """Whether an address (without the prefix) is one of this endpoint's, whatever the method."""
        parts, mine = path.split("/"), self.path.split("/")
        if len(parts) != len(mine):
            return False
        return all(m.startswith("{") or m == part for m, part in zip(mine, parts, strict=True))

    @property
    def arguments(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


ENDPOINTS: list[Endpoint] = []
F = TypeVar("F", bound=Callable[..., Any])


def endpoint(
    method: Method, path: str, title: str, *, status: int = 200, upload: bool = False
) -> Callable[[F], F]:
    """Declare the function as an endpoint under /api/v1; its docstring is the description people read."""

    def add(function: F) -> F:
        ENDPOINTS.append(Endpoint(method, path, title, function, status, upload))
        return function

    return add
