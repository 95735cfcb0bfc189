"""Bytes in, a safe XML tree out: no DOCTYPE, no entities, bounded size and depth, any declared encoding."""

from __future__ import annotations

import re

from lxml import etree

from engine.diagram.finding import DiagramError, Finding

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

MAX_BYTES = 8_000_000
MAX_ELEMENTS = 60_000  # of BPMN's own elements; the drawing is bounded by the size of the file
MAX_ATTRIBUTES = 200  # of one element: tools write a dozen
MAX_NAME = 2_000  # characters of an attribute: a label, an id

Element = etree._Element

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def parse(data: bytes) -> Element:
    """The root element of a BPMN 2.0 file. DiagramError, with the line where there is one, for anything
    else.
    """
    if len(data) > MAX_BYTES:
        raise refusal("too-big", f"文件太大：最多 {MAX_BYTES // 1_000_000} MB")
    if not data.strip():
        raise refusal("empty-file", "文件是空的，请选一个 BPMN 文件")
    root = _read(data)
    information = root.getroottree().docinfo
    if information.internalDTD is not None or information.externalDTD is not None:
        raise refusal("doctype", "文件里不能有 DOCTYPE 声明，请删去后再上传")
    _check_root(root)
    _check_bounds(root)
    return root


def parse_whole(data: bytes) -> Element:
    """As `parse`, with the comments: for whoever writes the file again. Raises DiagramError."""
    safe = parse(data)
    try:
        return etree.fromstring(data, _parser(comments=True))
    except (etree.XMLSyntaxError, ValueError):
        return safe  # an encoding that only our own reading knows: the comments are lost, nothing else


def refusal(code: str, message: str, line: int | None = None) -> DiagramError:
    return DiagramError([Finding(code, message, line=line)])


def local(element: Element) -> str:
    """The element's name without its namespace; empty for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def is_bpmn(element: Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith("{" + BPMN + "}")


def bpmn(name: str) -> str:
    """The qualified name of one of BPMN's elements."""
    return f"{{{BPMN}}}{name}"


def reference(text: str | None) -> str | None:
    """The id in a reference: white space and a namespace prefix (`tns:Message_1`) taken off; None where it
    is empty.
    """
    return (text or "").strip().rpartition(":")[2] or None


def children(element: Element, name: str) -> list[Element]:
    return element.findall(bpmn(name))


def text_of(element: Element) -> str:
    """All text inside an element."""
    return "".join(str(part) for part in element.itertext()).strip()


def line_of(element: Element) -> int | None:
    """The line it starts on, where the file has lines worth naming."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def child_text(element: Element, name: str) -> str | None:
    """The text of a child, everything inside it joined; None where there is no such child."""
    child = element.find(bpmn(name))
    return None if child is None else text_of(child)


def truth(element: Element, attribute: str, default: bool) -> bool:
    """An xsd:boolean. What is neither true nor false is refused by the profile before anyone asks."""
    value = element.get(attribute)
    return default if value is None else value.strip() in ("true", "1")


def _parser(encoding: str | None = None, *, comments: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=not comments,
        remove_pis=not comments,
        huge_tree=False,
    )


def _read(data: bytes) -> Element:
    try:
        return etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        recoded = _recode(data)
        if recoded is None:
            raise _broken(error) from None
    except (ValueError, LookupError):
        raise refusal("not-xml", "文件不是能读的 XML，请重新导出") from None
    try:
        return etree.fromstring(recoded, _parser("utf-8"))
    except etree.XMLSyntaxError as error:
        raise _broken(error) from None


def _broken(error: etree.XMLSyntaxError) -> DiagramError:
    line = error.lineno or None
    if "Excessive depth" in str(error.msg):
        return refusal("too-deep", "流程图一层套一层套得太深，请把里面的子流程拆成单独的流程", line)
    where = f"第 {line} 行" if line else "开头"
    return refusal("not-xml", f"文件不是完整的 XML,{where}有错：请用流程图工具重新导出，不要手工改动", line)


def _recode(data: bytes) -> bytes | None:
    """The same file in UTF-8 where Python knows the declared encoding and the XML library does not."""
    declared = _DECLARED.match(data)
    if declared is None:
        return None
    name = declared.group(1).decode("ascii")
    if name.lower().replace("_", "-") in ("utf-8", "utf8", "us-ascii", "ascii"):
        return None
    try:
        return data.decode(name).encode("utf-8")
    except (LookupError, ValueError):
        return None


def _check_root(root: Element) -> None:
    if root.tag == bpmn("definitions"):
        return
    name = etree.QName(root)
    if name.localname == "definitions":
        raise refusal("not-bpmn", f"这不是 BPMN 2.0 流程图(命名空间是 {str(name.namespace)[:80]})")
    raise refusal("not-bpmn", f"这不是 BPMN 2.0 流程图：最外层是 {name.localname[:40]}，应当是 definitions")


def _check_bounds(root: Element) -> None:
    for count, element in enumerate(root.iter("{" + BPMN + "}*"), start=1):
        if count > MAX_ELEMENTS:
            raise refusal("too-many-elements", f"流程图太大：最多 {MAX_ELEMENTS} 个元素，请拆成几个流程")
        if len(element.attrib) > MAX_ATTRIBUTES:
            line = line_of(element)
            message = f"第 {line} 行的属性太多：最多 {MAX_ATTRIBUTES} 个，请用流程图工具重新导出"
            raise refusal("too-many-attributes", message, line)
        for name in ("id", "name"):
            if len(element.get(name) or "") > MAX_NAME:
                line = line_of(element)
                raise refusal("name-too-long", f"第 {line} 行的 {name} 太长：最多 {MAX_NAME} 个字", line)
