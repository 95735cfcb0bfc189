"""The county's people as programs see them: each with a token, and a matter that goes from hand to hand."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from engine import demo
from engine.configuration import Configuration
from engine.durations import SHANGHAI
from engine.people.accounts import create_token, person_by_login
from engine.people.county import read_county
from engine.people.designations import designations
from engine.runtime import Runtime
from tests.stories.county import County, county
from tests.stories.later import moved
from tests.stories.person import picture

Answer = dict[str, Any]


class Caller:
    """Somebody of the county with a token."""

    def __init__(self, url: str, token: str, name: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.name = name
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60)

    def get(self, path: str) -> Answer:
        return _json(self.http.get(path))

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        return _json(self.http.post(path, json=body))

    def refused(self, path: str, body: Mapping[str, Any]) -> tuple[int, Answer]:
        answer = self.http.post(path, json=body)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["error"]

    def photo(self, name: str) -> Answer:
        stored = _json(self.http.post("/files", files={"file": (name, picture(), "image/jpeg")}))
        return {"id": stored["id"], "name": stored["name"]}

    def todo(self, title: str) -> set[str]:
        """The steps of that matter on one's lists."""
        lists = [self.get(f"/tasks?scope={scope}&limit=100")["items"] for scope in ("mine", "claimable")]
        return {item["name"] for items in lists for item in items if item["title"] == title}


class Callers:
    """Everybody of the sample county, by the post or register they are on: `村委会主任`, `村民代表7`."""

    def __init__(self, opened: County) -> None:
        self.county = opened
        configuration = Configuration.from_environment(opened.server.environment)
        self._runtime = Runtime.open(configuration, moved(configuration.data_dir))
        self._file = read_county(demo.COUNTY, designations())
        self._names = {person["code"]: person["name"] for person in self._file["people"]}
        self._known: dict[str, Caller] = {}

    def __call__(self, designation: str, unit: str) -> Caller:
        """The first who holds it in the unit; with a number the one of that place."""
        what, place = re.fullmatch(r"(.+?)(\d*)", designation).groups()  # type: ignore[union-attr]
        return self.person(self.signing_in(what, unit)[int(place or 1) - 1])

    def signing_in(self, designation: str, unit: str) -> list[str]:
        """Those of the holders who have an account."""
        accounts = {entry["person"] for entry in self._file["accounts"]}
        return [code for code in self.holders(designation, unit) if code in accounts]

    def holders(self, designation: str, unit: str) -> list[str]:
        """Their codes, which are their logins as well, in the file's order."""
        posts = (entry for entry in self._file["posts"] if "to" not in entry)
        held = [e["person"] for e in posts if (e["post"], e["unit"]) == (designation, unit)]
        for entry in self._file["registers"]:
            held += entry["people"] if (entry["register"], entry["unit"]) == (designation, unit) else []
        return held

    def login(self, name: str) -> str:
        """Of somebody who has an account; nobody in the county is called like anybody else."""
        return next(code for code, each in self._names.items() if each == name)

    def person(self, code: str) -> Caller:
        if code not in self._known:
            self._known[code] = Caller(self.county.url, self._token(code), self._names[code])
        return self._known[code]

    def moment(self, **span: float) -> str:
        """Now, or that much later, as a form writes it."""
        return (self._runtime.now().astimezone(SHANGHAI) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M")

    def close(self) -> None:
        for caller in self._known.values():
            caller.http.close()
        self._runtime.database.close()

    def _token(self, code: str) -> str:
        """As `cunyi token` gives it, without a process for each of thirty people."""

        def create(c: Any) -> str:
            person = person_by_login(c, code)
            assert person is not None, code
            return create_token(c, person, self._runtime.now(), days=365)

        return self._runtime.database.run(create)


class Matter:
    """One matter in one unit. Whoever acts is named by post; the steps by their names."""

    def __init__(self, callers: Callers, starter: str, procedure: str, unit: str, title: str) -> None:
        self.callers, self.unit, self.title = callers, unit, title
        self.starter = self.by(starter)
        body = {"procedure": procedure, "unit": unit, "title": title}
        self.id = str(self.starter.post("/instances", body)["id"])

    def by(self, who: str) -> Caller:
        return self.callers(who, self.unit)

    # ------------------------------------------------------------ what is to be seen

    def seen(self) -> Answer:
        return self.starter.get(f"/instances/{self.id}")

    @property
    def steps(self) -> list[str]:
        """The open steps by name."""
        return sorted(task["name"] for task in self.seen()["open_tasks"])

    def result(self, key: str) -> Answer:
        found: Answer = self.seen()["results"][key]
        return found

    def task(self, step: str, place: int = 0) -> str:
        found = [task["id"] for task in self.seen()["open_tasks"] if task["name"] == step]
        assert len(found) > place, f"{step} is not open, but {self.steps}"
        return str(found[place])

    def shown(self, who: str, step: str) -> Answer:
        """The step as somebody sees it, with what it has come to so far."""
        return self.by(who).get(f"/tasks/{self.task(step)}")

    def offered(self, who: str, step: str, act: str, key: str) -> dict[str, Any]:
        """The people to choose from in a field of an act's form: name -> what is written for them."""
        [action] = [one for one in self.shown(who, step)["actions"] if one["name"] == act]
        [field] = [one for one in _fields(action["schema"]["components"]) if one.get("key") == key]
        return {option["label"]: option["value"] for option in field["values"]}

    # ------------------------------------------------------------ what is done

    def does(
        self, who: str, step: str, act: str, data: Mapping[str, Any] | None = None, **more: Any
    ) -> Answer:
        return self.by(who).post(f"/tasks/{self.task(step)}/actions/{act}", {"data": data or {}, **more})

    def completes(self, who: str, step: str, data: Mapping[str, Any] | None = None) -> Answer:
        return self.by(who).post(f"/tasks/{self.task(step)}/complete", {"data": data or {}})

    def refuses(
        self, who: str, step: str, act: str, data: Mapping[str, Any] | None = None
    ) -> tuple[int, str]:
        """The status and the code; nothing has changed, and the message is one that people can read."""
        before = self.seen()
        status, error = self.by(who).refused(f"/tasks/{self.task(step)}/actions/{act}", {"data": data or {}})
        assert re.search("[一-鿿]", error["message"]), error
        assert self.seen() == before
        return status, error["code"]

    def publishes(self, who: str, step: str, *channels: str) -> Answer:
        """Goes public through these channels, each with a photo of it."""
        rows = [{"渠道": one, "凭证": [self.by(who).photo(f"{one}.jpg")]} for one in channels]
        return self.does(who, step, "publish", {"渠道": rows})

    def waits(self, *steps: str, **span: float) -> None:
        """Lets time pass, and the clock do its work, until these are the open steps."""
        self.callers.county.wait(**span)
        self.until(lambda: self.steps == sorted(steps), f"not {steps}")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline, f"{what}: {self.steps}"
            time.sleep(0.3)


@contextmanager
def at_work(folder: Path, new: Path) -> Iterator[Callers]:
    """A new county, as it is in the folder `new`, and its people with their tokens."""
    with county(folder, lived=new) as opened:
        callers = Callers(opened)
        try:
            yield callers
        finally:
            callers.close()


def _fields(components: list[Answer]) -> Iterator[Answer]:
    for component in components:
        yield component
        yield from _fields(component.get("components", []))


def _json(answer: httpx.Response) -> Answer:
    assert answer.is_success, answer.text
    found: Answer = answer.json()
    return found
