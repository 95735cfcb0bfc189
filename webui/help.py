"""帮助: the manuals of `docs/使用手册` as pages, for everybody, also for those who cannot sign in yet."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, redirect, render_template, send_from_directory, url_for
from markupsafe import Markup, escape
from PIL import Image
from werkzeug.wrappers import Response

from engine.authorisation import design_units
from webui.sessions import Me, me

FOLDER = Path(__file__).parent.parent / "docs" / "使用手册"
PHONE, WIDTH = 780, 320  # a phone's picture in pixels, and as it is shown: fine; a desk's is shown as it is
blueprint = Blueprint("help", __name__)

_HEADING = re.compile(r"(#{1,3}) (?:[一二三四五六七八九十]+、)?(.+)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(图/([^)]+\.png)\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)/]+)\.md\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_LISTS = {"ul": re.compile(r"- "), "ol": re.compile(r"(\d+)\. ")}


@blueprint.get("/help")
def index() -> Response:
    """The manual for whoever asks: a clerk's own for clerks, for who is not signed in the villagers'."""
    return redirect(url_for("help.manual", name=_meant_for(me())))


def _meant_for(person: Me | None) -> str:
    if person is None:
        return "村民"
    if person.actor.clerk_units:
        return "文书"
    return "流程设计员" if design_units(person.actor) else "干部"


@blueprint.get("/help/<name>")
def manual(name: str) -> Any:
    titles = {path.stem: path for path in FOLDER.glob("*.md")}
    if name not in titles:
        abort(404)
    text = titles[name].read_text("utf-8")
    headings = filter(None, map(_HEADING.fullmatch, text.splitlines()))
    sections = [(found[2], _titled(found)) for found in headings if found[1] == "##"]
    others = sorted(titles.keys() - {name})
    return render_template("help.html", name=name, others=others, sections=sections, body=_page(text))


@blueprint.get("/help/图/<name>")
def picture(name: str) -> Response:
    return send_from_directory(FOLDER / "图", name, max_age=3600)


def _page(text: str) -> Markup:
    """The manuals' own few forms of Markdown, and no HTML: headings, paragraphs, lists, pictures, links, bold."""
    blocks = re.split(r"\n{2,}", text.strip())
    return Markup("\n").join(_block(block.strip()) for block in blocks)


def _block(text: str) -> Markup:
    if heading := _HEADING.fullmatch(text):
        return Markup('<h{0} id="{1}">{2}</h{0}>').format(len(heading[1]), heading[2], _titled(heading))
    for tag, mark in _LISTS.items():
        if first := mark.match(text):
            lines = Markup("").join(
                Markup("<li>{}</li>").format(_inline(mark.sub("", line.strip(), 1)))
                for line in text.splitlines()
            )
            start = Markup(' start="{}"').format(first[1]) if tag == "ol" else ""
            return Markup("<{0}{1}>{2}</{0}>").format(tag, start, lines)
    return Markup("<p>{}</p>").format(_inline("".join(text.splitlines())))


def _titled(heading: re.Match[str]) -> str:
    """With its number, which a link to it does without: what is linked stays right when sections are put between."""
    return heading[0].removeprefix(f"{heading[1]} ")


def _inline(text: str) -> Markup:
    """Everything is text but what the patterns find in it."""
    safe = str(escape(text))
    safe = _PICTURE.sub(lambda found: _shown(found[1], found[2]), safe)
    safe = _LINK.sub(lambda found: f'<a href="{url_for("help.manual", name=found[2])}">{found[1]}</a>', safe)
    return Markup(_STRONG.sub(r"<strong>\1</strong>", safe))  # noqa: S704 - escaped above


def _shown(words: str, name: str) -> str:
    address, width = url_for("help.picture", name=name), _width(name)
    return (
        f'<img class="img-fluid border rounded" width="{width}" src="{address}" alt="{words}" loading="lazy">'
    )


@cache
def _width(name: str) -> int:
    """In pixels of the page."""
    path = FOLDER / "图" / name
    if not path.is_file():
        return WIDTH
    with Image.open(path) as picture:
        return WIDTH if picture.width == PHONE else picture.width
