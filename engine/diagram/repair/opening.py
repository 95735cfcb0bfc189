"""A folder from a file of another tool, or the reason why not and what to do then."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import PurePosixPath

from engine.diagram.finding import DiagramError
from engine.diagram.procedure import TOML
from engine.diagram.repair.bench import Bench, write
from engine.diagram.repair.folder import MAX_DRAWN, drawn_anew, title_of
from engine.diagram.repair.identity import rename_process, repeated
from engine.diagram.repair.legible import make_legible
from engine.diagram.repair.pages import one_page
from engine.diagram.repair.strangers import stranger
from engine.diagram.source import BPMN, MAX_BYTES, Element, bpmn, children, parse_whole, reference, refusal
from engine.diagram.toml import with_settings

_BETA = b"http://schema.omg.org/spec/BPMN/2.0"  # the name of the language before it was adopted
_BETA_DRAWING = (
    (b"http://bpmndi.org", b"http://www.omg.org/spec/BPMN/20100524/DI"),
    (b"http://schema.omg.org/spec/BPMNDI/1.0.0", b"http://www.omg.org/spec/BPMN/20100524/DI"),
)
_DOCTYPE = re.compile(rb"<!DOCTYPE\s[^\[\]<>]{0,500}>")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_ENCODING = re.compile(r"""(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*["'][^"']{0,40}["']""")
_NUMBERED = re.compile(  # an id a tool made up: Process_0w8qz3k, WFP-6-, sid-…, bpmnid-<uuid>
    r"(?i)^(process|proc|pid|sid|wfp?|p|id|definitions?|_)?[-_]*[0-9a-f-]*([-_]\w{6,})?$"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-"
)


def opened(data: bytes, name: str) -> dict[str, bytes]:
    """The folder of a procedure, from the file of whatever tool: the diagram, and procedure.toml with its title.

    What is started comes first, ids the editor cannot read get others, a file without a drawing gets one, and
    several pages become one; nothing else is changed. DiagramError, saying
    what to do, where there is no BPMN 2.0 in it.
    """
    root = _root(data, name)
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = re.sub(r"(?i)\.(bpmn20\.xml|bpmn2?|xml)$", "", stem).strip(". ")
    bench = Bench({}, None, "x.bpmn", root)
    make_legible(bench)
    for offer in list(repeated(bench)):  # of two with one id, the editor would show the first
        offer.mend(None)
    _aim(bench)
    _start_first(bench)
    _own_key(bench, data)
    if bench.processes() and (not bench.drawing.drawn() or not one_page(bench)):
        _draw(bench)
    title = title_of(bench, stem)[:128]
    file = re.sub(r"[^\w一-鿿-]+", "_", stem)[:60].strip("_") or "流程图"
    return {f"{file}.bpmn": write(bench.tree), TOML: with_settings(None, {"title": title})}


def _root(data: bytes, name: str) -> Element:
    if len(data) > MAX_BYTES:
        raise refusal(
            "too-big", f"文件太大：最多 {MAX_BYTES // 1_000_000} MB。请在原来的工具里拆成几张图，分别导出"
        )
    if not data.strip(b"\0 \r\n\t"):
        raise refusal("empty-file", "文件是空的，请在原来的工具里重新导出 BPMN 2.0 文件")
    why = stranger(data, name)
    if why is not None:
        raise refusal("not-bpmn", why)
    text = _modern(_readable(data))
    try:
        return parse_whole(text)
    except DiagramError as error:
        raise _explained(error, text) from None


def _readable(data: bytes) -> bytes:
    """The file in UTF-8, whatever it was written in."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _recoded(data, encoding)
    if data[:2] in (b"<\0", b"\0<"):
        return _recoded(data, "utf-16-le" if data[:1] == b"<" else "utf-16-be")
    declared = re.match(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""", data)
    if declared is not None and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        return data.strip()  # the parser knows what is declared
    try:
        data.decode("utf-8")
        return data.strip()
    except UnicodeDecodeError:
        return _recoded(data, "gb18030")  # saved by a Windows tool that does not say so


def _recoded(data: bytes, encoding: str) -> bytes:
    try:
        return _ENCODING.sub(r"\1", data.decode(encoding), count=1).strip().encode()
    except (UnicodeError, LookupError):
        return data


def _modern(data: bytes) -> bytes:
    """Without a DOCTYPE that declares nothing, and in the name the language has since it was adopted."""
    head = data[:2_000]
    if b"<!DOCTYPE" in head:
        data = _DOCTYPE.sub(b"", head, count=1) + data[2_000:]
    if _BETA in data[:4_000]:
        data = data.replace(_BETA, BPMN.encode())
        for before, after in _BETA_DRAWING:
            data = data.replace(before, after)
    return data


def _explained(error: DiagramError, data: bytes) -> DiagramError:
    """The reason, said to somebody who has only the file and the tool it came from."""
    first = error.findings[0]
    if first.code == "doctype":
        return refusal(
            "doctype", "文件里有自定义的内容声明（DOCTYPE），不能打开。请在原来的工具里另存为 BPMN 2.0 再上传"
        )
    if first.code == "not-xml" and data.rstrip()[-1:] != b">":
        return refusal(
            "not-xml", "文件不完整，后面少了一截。请在原来的工具里重新导出，传完再上传", first.line
        )
    return error


# ---------------------------------------------------------------- what is made of it


def _start_first(bench: Bench) -> None:
    """The process that is started by default is the first: one that something starts from outside, not another one."""
    processes = bench.processes()
    if len(processes) < 2:
        return
    best = min(processes, key=lambda process: _rank(bench, process))
    if best is not processes[0]:
        processes[0].addprevious(best)


def _rank(bench: Bench, process: Element) -> tuple[bool, bool]:
    called = {reference(c.get("calledElement")) for c in bench.all("callActivity")}
    told = {reference(flow.get("targetRef")) for flow in bench.all("messageFlow")}
    starts = children(process, "startEvent")
    waits = all(s.get("id") in told or s.find(bpmn("messageEventDefinition")) is not None for s in starts)
    return process.get("id") in called, bool(starts) and waits


def _own_key(bench: Bench, data: bytes) -> None:
    """An id a tool made up is no name for a procedure: two files from one tool would be versions of each other."""
    process = next(iter(bench.processes()), None)
    if process is None:
        return
    name = process.get("id") or ""
    if not name or _NUMBERED.search(name) or len(name) > 64:
        fresh = f"p_{hashlib.sha256(data).hexdigest()[:8]}"
        if not name:
            process.set("id", fresh)
        elif fresh not in bench.by_id():
            rename_process(bench, process, fresh)


def _aim(bench: Bench) -> None:
    """A page that says it shows something which is not in the file shows what there is."""
    plane = bench.drawing.plane()
    whole = [*bench.all("collaboration"), *bench.processes()]
    if plane is not None and whole and reference(plane.get("bpmnElement")) not in bench.by_id():
        plane.set("bpmnElement", whole[0].get("id") or "")


def _draw(bench: Bench) -> None:
    if sum(1 for _ in bench.nodes()) + len(bench.all("sequenceFlow")) > MAX_DRAWN:
        return  # the editor can still be asked to; nobody waits for it while a file opens
    with suppress(DiagramError):  # too odd to be laid out: the check says that there is no drawing
        drawn_anew(bench)
