"""Writes NOTICE from what is installed and bundled; with --check, only tells what is wrong (exit 1).

Wrong are: a licence this file does not know, one that would bind our own code (GPL, AGPL), and a NOTICE out of date.
Python packages are named with their licence, since everybody installs them from their own source; of the npm packages
that are part of our bundles the texts are given in full.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
NOTICE = ROOT / "NOTICE"
BUNDLED = ROOT / "webui" / "static" / "build" / "packages.json"

ALLOWED = {  # SPDX identifiers; LGPL and MPL bind only changes to those packages themselves, and we change none
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC",
    "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0",
    "MIT-CMU", "MPL-2.0", "PSF-2.0",
    "Unlicense", "Zlib",
    "LicenseRef-bpmn.io",  # MIT, and the logo must stay visible: the tests look at it
}  # fmt: skip
SPDX = {  # what packages write instead of an SPDX identifier
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "gnu library or lesser general public license (lgpl)": "LGPL-3.0-or-later",
    "lgplv3": "LGPL-3.0-only",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}
STATED = {  # whose metadata list alternatives without saying that one may choose
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
}

MIT = """The MIT License (the package brings no text of its own)

Copyright (c) {holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""


class Package(NamedTuple):
    name: str
    version: str
    licence: str  # an SPDX expression as far as we can tell
    text: str = ""

    @property
    def acceptable(self) -> bool:
        """Some alternative (OR) all of whose parts (AND) are allowed."""
        alternatives = re.split(r"\s+OR\s+", self.licence.replace("(", "").replace(")", ""))
        if " AND " in self.licence:  # "A AND (B OR C)": every part must have an allowed alternative
            parts = self.licence.split(" AND ")
            return all(Package("", "", part).acceptable for part in parts)
        return any(one.strip() in ALLOWED for one in alternatives)


def locked() -> Iterator[Package]:
    """The Python packages the program runs on, as requirements.lock names them."""
    for line in re.findall(
        r"^[A-Za-z0-9._-]+==[^\\\n]+", (ROOT / "requirements.lock").read_text("utf-8"), re.M
    ):
        wanted = Requirement(line.strip())
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue  # of another platform: it is never part of what runs here
        try:
            yield python_package(distribution(wanted.name))
        except PackageNotFoundError:
            sys.exit(f"{wanted.name} is locked but not installed: run make setup")


def installed() -> list[Package]:
    """All that is in the virtual environment, tools for development included; without ourselves and pip."""
    found = [python_package(each) for each in distributions()]
    return [package for package in found if package.name not in ("cunyi", "pip")]


def python_package(found: Distribution) -> Package:
    metadata = found.metadata.json
    stated = STATED.get(found.name.lower()) or str(metadata.get("license_expression") or "")
    free_text = str(metadata.get("license") or "").strip()
    classifiers = [
        str(each).split(" :: ")[-1]
        for each in metadata.get("classifier", [])
        if str(each).startswith("License") and not str(each).endswith("DFSG approved")
    ]
    if not stated and 0 < len(free_text) < 40:
        stated = free_text
    if not stated:
        stated = " AND ".join(SPDX.get(each.lower(), each) for each in classifiers)
    return Package(found.name, found.version, SPDX.get(stated.lower(), stated) or "unknown")


def bundled() -> Iterator[Package]:
    """The npm packages that are part of webui/static/build."""
    if not BUNDLED.is_file():
        sys.exit("webui/static/build is missing: run make setup")
    for name in json.loads(BUNDLED.read_text("utf-8")):
        folder = ROOT / "node_modules" / name
        about = json.loads((folder / "package.json").read_text("utf-8"))
        licence, author = str(about.get("license", "unknown")), about.get("author")
        text = _licence_text(folder)
        if not text and licence == "MIT" and isinstance(author, str):
            text = MIT.format(holder=author)
        if licence.startswith("SEE LICENSE") and "bpmn.io project watermark" in text:
            licence = "LicenseRef-bpmn.io"
        yield Package(name, about["version"], licence.strip("()"), text)


def _licence_text(folder: Path) -> str:
    named = [path for path in sorted(folder.iterdir()) if re.match(r"licen[sc]e(\.\w+)?$", path.name, re.I)]
    return named[0].read_text("utf-8").strip().replace("\r\n", "\n") if named else ""


def notice() -> str:
    """The text of NOTICE."""
    lines = [
        "村议 (cunyi)",
        "Licensed under the Apache License, Version 2.0 (LICENSE).",
        "Made by `make notice` from the dependencies; do not edit.",
        "",
        "== Python packages it runs on ==",
        "",
        *(f"{p.name} {p.version}: {p.licence}" for p in sorted(locked(), key=lambda p: p.name.lower())),
        "",
        "== npm packages that are part of the files in webui/static/build ==",
        "",
    ]
    packages = list(bundled())
    lines += [f"{p.name} {p.version}: {p.licence}" for p in packages]
    for text, users in _texts(packages).items():
        lines += ["", "-" * 80, ", ".join(users), "", text]
    return "\n".join(lines) + "\n"


def _texts(packages: list[Package]) -> dict[str, list[str]]:
    """Each licence text once, with the packages it is for."""
    found: dict[str, list[str]] = {}
    for package in packages:
        found.setdefault(package.text, []).append(package.name)
    return found


def problems() -> list[str]:
    """What is wrong, in words; empty when all is well."""
    npm = list(bundled())
    wrong = [
        f"{package.name} {package.version}: licence not known or not allowed: {package.licence}"
        for package in {*installed(), *npm}
        if not package.acceptable
    ]
    wrong += [f"{package.name}: no licence text in the package" for package in npm if not package.text]
    if not NOTICE.is_file() or NOTICE.read_text("utf-8") != notice():
        wrong.append("NOTICE is out of date: run make notice")
    return sorted(wrong)


def main() -> None:
    if "--check" in sys.argv:
        found = problems()
        print("\n".join(found) or "licences: all known, NOTICE is up to date")
        sys.exit(1 if found else 0)
    NOTICE.write_text(notice(), "utf-8")


if __name__ == "__main__":
    main()
