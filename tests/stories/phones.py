"""Phones without a browser: somebody's own session over HTTP, for a hall too full for that many browsers."""

import re
import tomllib
from html import unescape

import httpx

from engine.demo import COUNTY, PASSWORD

RECEIPT = re.compile(r"\b[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}\b")


class Phone:
    """One person's session, as the pages are used: a form is read from the page before it is sent."""

    def __init__(self, name: str, login: str, url: str) -> None:
        self.name = name
        self.http = httpx.Client(base_url=url, timeout=60, follow_redirects=True)
        self._sends(self.http.get("/sign-in"), "", {"login": login, "password": PASSWORD})

    def signs_in(self, scanned: str) -> str:
        """With the code of the hall; the page of the step they come to."""
        return self._sends(self.http.get(scanned), "/in").text

    def votes(self, task: str, choice: str) -> str:
        """In secret, on the only motion; the receipt."""
        page = self._sends(
            self.http.get(task), "/act/cast", {"votes.0.motion": "1", "votes.0.choice": choice}
        )
        found = RECEIPT.search(page.text)
        assert found is not None, (self.name, page.text[:2000])
        return found[0]

    def _sends(
        self, page: httpx.Response, action: str, filled: dict[str, str] | None = None
    ) -> httpx.Response:
        """The form of the page whose address ends so, with what stands hidden in it and what is filled in."""
        assert page.status_code == 200, (self.name, page.status_code, page.text[:500])
        forms = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', page.text, re.S)
        addressed = [(re.search(r'action="([^"]*)"', form.split(">")[0]), form) for form in forms]
        [(address, form)] = [
            (unescape(found[1]) if found else str(page.url), form)
            for found, form in addressed
            if (found[1] if found else "").endswith(action) and (found is None) == (action == "")
        ]
        hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form))
        answer = self.http.post(address, data={k: unescape(v) for k, v in hidden.items()} | (filled or {}))
        assert answer.status_code == 200, (self.name, answer.status_code, answer.text[:500])
        return answer


def households(unit: str) -> dict[str, str]:
    """Who speaks for a household of the sample village and has an account: name -> login."""
    sample = tomllib.loads(COUNTY.read_text(encoding="utf-8"))
    names = {one["code"]: one["name"] for one in sample["people"]}
    logins = {one["person"]: one["login"] for one in sample["accounts"]}
    [register] = [one for one in sample["registers"] if (one["register"], one["unit"]) == ("户代表", unit)]
    return {names[one]: logins[one] for one in register["people"] if one in logins}
