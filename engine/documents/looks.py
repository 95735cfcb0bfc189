"""How a Word file looks: what its styles and its direct formatting come to, as CSS.

Only what office documents use: fonts, sizes, bold, alignment, indents, spacing, borders, widths. Lengths are
twentieths of a point (`w:w="240"` is 12 pt); fonts are named with those to fall back on where a machine lacks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Element = etree._Element

_SERIF = '"Noto Serif CJK SC", "Source Han Serif SC", serif'
_SANS = '"Noto Sans CJK SC", "Source Han Sans SC", sans-serif'
_FONTS = {  # a word in the font's name -> what it is asked for as, and what stands in
    "小标宋": ('"FZXiaoBiaoSong-B05", "方正小标宋简体", "STZhongsong", ' + _SERIF, True),
    "黑": ('"SimHei", "黑体", ' + _SANS, False),
    "hei": ('"SimHei", "黑体", ' + _SANS, False),
    "楷": ('"KaiTi", "楷体", "楷体_GB2312", "STKaiti", ' + _SERIF, False),
    "kai": ('"KaiTi", "楷体", "楷体_GB2312", "STKaiti", ' + _SERIF, False),
    "仿宋": ('"FangSong", "仿宋", "仿宋_GB2312", "STFangsong", ' + _SERIF, False),
    "fang": ('"FangSong", "仿宋", "仿宋_GB2312", "STFangsong", ' + _SERIF, False),
}
_SONG = '"SimSun", "宋体", ' + _SERIF
# No "justify": only spaces would be stretched, and a line of Chinese has them around its numbers alone.
_ALIGN = {"center": "center", "right": "right", "end": "right"}
_LINE = {
    "dashed": "dashed",
    "dotted": "dotted",
    "double": "double",
    "dashSmallGap": "dashed",
    "dotDash": "dashed",
}
_NONE = ("nil", "none")
SIDES = ("top", "left", "bottom", "right")
Css = dict[str, str]


def value(element: Element | None, name: str = "val", default: str = "") -> str:
    """An attribute of Word's; of nothing, the default."""
    return default if element is None else str(element.get(W + name, default))


def number(text: str) -> float:
    """A length as it is written; what is no number is nothing."""
    try:
        return max(-20_000.0, min(20_000.0, float(text)))
    except ValueError:
        return 0.0


def points(text: str) -> str:
    return f"{number(text) / 20:g}pt"


@dataclass
class Styles:
    """The styles of a Word file; each is resolved once, with what it is based on."""

    elements: Mapping[str, Element] = field(default_factory=dict)
    default: str = ""
    run_defaults: Element | None = None
    paragraph_defaults: Element | None = None
    _known: dict[str, tuple[Css, Css]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Element | None) -> Styles:
        if root is None:
            return cls()
        found = {value(one, "styleId"): one for one in root.findall(W + "style")}
        normal = next(
            (
                key
                for key, one in found.items()
                if value(one, "type") == "paragraph" and value(one, "default") in ("1", "true")
            ),
            "",
        )
        run = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        paragraph = root.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr")
        return cls(found, normal, run, paragraph)

    def of(self, key: str) -> tuple[Css, Css]:
        """CSS of the paragraph and of its text, for a style and all it is based on."""
        if key not in self._known:
            own: tuple[Css, Css] = (paragraph_css(self.paragraph_defaults), run_css(self.run_defaults))
            for element in reversed(self._line(key)):
                own = (
                    own[0] | paragraph_css(element.find(W + "pPr"), own[1]),
                    own[1] | run_css(element.find(W + "rPr")),
                )
            self._known[key] = own
        return self._known[key]

    def _line(self, key: str) -> list[Element]:
        line: list[Element] = []
        while key in self.elements and self.elements[key] not in line:
            line.append(self.elements[key])
            key = value(line[-1].find(W + "basedOn"))
        return line

    def borders(self, key: str) -> dict[str, str]:
        """The borders a style of tables draws."""
        found: dict[str, str] = {}
        for element in reversed(self._line(key)):
            found |= borders(element.find(f"{W}tblPr/{W}tblBorders"))
        return found


def font(name: str) -> Css:
    low = name.lower()
    for word, (families, heavy) in _FONTS.items():
        if word in low:
            return {"font-family": families} | ({"font-weight": "bold"} if heavy else {})
    return {"font-family": _SONG}


def run_css(properties: Element | None) -> Css:
    """`w:rPr` as CSS; only what it says itself."""
    css: Css = {}
    if properties is None:
        return css
    fonts = properties.find(W + "rFonts")
    if fonts is not None:
        css |= font(value(fonts, "eastAsia") or value(fonts, "ascii"))
    size = properties.find(W + "sz")
    if size is not None and number(value(size)) > 0:
        css["font-size"] = f"{number(value(size)) / 2:g}pt"
    for tag, on, off in (("b", "bold", "normal"), ("i", "italic", "normal")):
        found = properties.find(W + tag)
        if found is not None:
            css["font-weight" if tag == "b" else "font-style"] = on if _true(found) else off
    css |= _decoration(properties)
    colour = value(properties.find(W + "color"))
    if len(colour) == 6 and all(each in "0123456789abcdefABCDEF" for each in colour):
        css["color"] = f"#{colour}"
    raised = value(properties.find(W + "vertAlign"))
    if raised in ("superscript", "subscript"):
        css |= {"vertical-align": "super" if raised == "superscript" else "sub", "font-size": "smaller"}
    if properties.find(W + "vanish") is not None:
        css["display"] = "none"
    spacing = properties.find(W + "spacing")
    if spacing is not None:
        css["letter-spacing"] = points(value(spacing))
    return css


def _decoration(properties: Element) -> Css:
    underline = properties.find(W + "u")
    lines = ["underline"] if underline is not None and value(underline, default="single") not in _NONE else []
    struck = properties.find(W + "strike")
    lines += ["line-through"] if struck is not None and _true(struck) else []
    return {"text-decoration": " ".join(lines)} if lines else {}


def _true(element: Element) -> bool:
    return value(element, default="1") not in ("0", "false", "off")


def paragraph_css(properties: Element | None, text: Css | None = None) -> Css:
    """`w:pPr` as CSS; indents in characters are measured by the size of the text."""
    css: Css = {}
    if properties is None:
        return css
    align = properties.find(W + "jc")
    if align is not None:
        css["text-align"] = _ALIGN.get(value(align), "left")
    indent = properties.find(W + "ind")
    if indent is not None:
        css |= _indent(indent)
    spacing = properties.find(W + "spacing")
    if spacing is not None:
        css |= _spacing(spacing)
    for tag, name in (
        ("pageBreakBefore", "break-before"),
        ("keepNext", "break-after"),
        ("keepLines", "break-inside"),
    ):
        found = properties.find(W + tag)
        if found is not None and _true(found):
            css[name] = "page" if tag == "pageBreakBefore" else "avoid"
    return css


def _indent(indent: Element) -> Css:
    css: Css = {}
    for css_name, plain, characters, sign in (
        ("text-indent", "firstLine", "firstLineChars", 1),
        ("text-indent", "hanging", "hangingChars", -1),
        ("margin-left", "left", "leftChars", 1),
        ("margin-left", "start", "startChars", 1),
        ("margin-right", "right", "rightChars", 1),
        ("margin-right", "end", "endChars", 1),
    ):
        if indent.get(W + characters) is not None and number(value(indent, characters)):
            css[css_name] = f"{sign * number(value(indent, characters)) / 100:g}em"
        elif indent.get(W + plain) is not None:
            css[css_name] = points(str(sign * number(value(indent, plain))))
        elif indent.get(W + characters) is not None:
            css[css_name] = "0"
    return css


def _spacing(spacing: Element) -> Css:
    css: Css = {}
    for side, name in (("before", "margin-top"), ("after", "margin-bottom")):
        if spacing.get(W + side) is not None:
            css[name] = points(value(spacing, side))
    line = number(value(spacing, "line"))
    if line > 0:
        rule = value(spacing, "lineRule", "auto")
        css["line-height"] = f"{line / 240 * 1.15:.3g}" if rule == "auto" else f"{line / 20:g}pt"
    return css


def borders(element: Element | None) -> dict[str, str]:
    """Border by side, with insideH and insideV of a table."""
    found: dict[str, str] = {}
    for side in element if element is not None else ():
        name = etree.QName(side).localname if isinstance(side.tag, str) else ""
        name = {"start": "left", "end": "right"}.get(name, name)
        kind = value(side)
        width = max(0.5, number(value(side, "sz")) / 8)
        found[name] = "none" if kind in _NONE else f"{width:g}pt {_LINE.get(kind, 'solid')} #000"
    return found


def written(css: Mapping[str, Any]) -> str:
    return ";".join(f"{name}:{text}" for name, text in css.items() if text)
