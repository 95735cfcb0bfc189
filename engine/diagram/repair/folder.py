"""What belongs to the folder as a whole: that it may run, procedure.toml, and a drawing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagram.procedure import LEVELS, TOML
from engine.diagram.repair.bench import Bench, Choice, Offer, Repair, ids, listed, tidy, write
from engine.diagram.repair.pages import pools_for_all
from engine.diagram.repair.posts import offered
from engine.diagram.source import BPMNDI, Element, children, parse_whole, reference, truth
from engine.diagram.toml import with_settings
from engine.handed_in import NotReadable, toml

MAX_DRAWN = 3_000  # nodes and flows that are laid out while somebody waits: some three seconds
_PICTURE = f"{{{BPMNDI}}}BPMNDiagram"
_NOBODY = "只由别的流程调用"


def executable(bench: Bench) -> Iterator[Offer]:
    found = [p for p in bench.processes() if not truth(p, "isExecutable", True)]

    def mend(_: str | None) -> None:
        for process in found:
            process.set("isExecutable", "true")

    if found:
        message = f"{listed(found)}标着“只作说明、不执行”，改成可以执行。"
        mends = frozenset({"not-executable"})
        yield Offer(Repair("executable", "标为可以执行", message, mends, ids(found)), mend)


def settings(bench: Bench) -> Iterator[Offer]:
    """procedure.toml: there, with a name, a level and who may start it."""
    if TOML not in bench.files:
        yield _put("toml", "补上流程设置", frozenset({"no-toml"}), bench)
        return
    try:
        values = toml(bench.files[TOML])
    except NotReadable:
        return  # what somebody wrote there is not thrown away
    if not values.get("title"):
        yield _put("title", "补上名称", frozenset({"no-title"}), bench)
    if values.get("level") not in LEVELS:
        choices = tuple(Choice(level, level) for level in ("村", "乡镇", "县", "屋场", "市"))
        message = "没有写这个流程在哪一级办。请选。"
        yield _asking(bench, "level", "在哪一级办", message, frozenset({"bad-level"}), choices)
    if "starters" not in values:
        choices = (*offered(bench.designations or (), _first_lane(bench)), Choice("", _NOBODY))
        message = "没有写由谁发起。请选，以后可以在“设置”里添上别的人。"
        yield _asking(bench, "starters", "由谁发起", message, frozenset({"no-starters"}), choices)


def drawing(bench: Bench) -> Iterator[Offer]:
    """A file without a drawing gets one; one that is drawn in part is drawn anew on demand only."""
    drawn = bench.drawing.drawn()
    parts = [*bench.nodes(), *bench.all("sequenceFlow")]
    missing = [e for e in parts if e.get("id") not in drawn]
    if not missing or len(parts) > MAX_DRAWN:
        return

    def mend(_: str | None) -> None:
        drawn_anew(bench)

    if drawn:
        message = f"{listed(missing)}没有画在图上。整张图自动重新排一遍，原来的位置不再保留。"
        mends, title = frozenset({"not-drawn"}), "重新排版"
    else:
        message = "文件里只有内容，没有图形：自动排出一张图，以后可以在流程图上挪。"
        mends, title = frozenset({"no-drawing"}), "自动画出图形"
    yield Offer(Repair("drawing", title, message, mends, ids(missing), automatic=not drawn), mend)


def drawn_anew(bench: Bench) -> None:
    """Lay the whole diagram out by program."""
    from engine.diagram import layout  # heavy, and seldom needed

    for flow in bench.all("sequenceFlow"):
        if not flow.get("id"):
            flow.set("id", bench.new_id("Flow"))
    pools_for_all(bench)
    laid = parse_whole(layout.drawn(write(bench.tree)))
    for old in bench.tree.findall(_PICTURE):
        bench.tree.remove(old)
    bench.tree.extend(laid.findall(_PICTURE))


def title_of(bench: Bench, otherwise: str = "") -> str:
    """What the diagram is called: by its pool, its process, or the file."""
    process = next(iter(bench.processes()), None)
    pool = next(
        (
            p
            for p in bench.all("participant")
            if process is not None and reference(p.get("processRef")) == process.get("id")
        ),
        None,
    )
    named = (process, pool)
    return (
        next((name for e in named if e is not None and (name := tidy(e.get("name")))), otherwise)
        or "新的流程"
    )


# ---------------------------------------------------------------- parts


def _put(name: str, title: str, mends: frozenset[str], bench: Bench) -> Offer:
    def mend(_: str | None) -> None:
        bench.files[TOML] = with_settings(bench.files.get(TOML), {"title": title_of(bench)[:128]})

    message = f"流程设置里写上名称“{title_of(bench)}”，以后可以在“设置”里改。"
    return Offer(Repair(name, title, message, mends), mend)


def _asking(
    bench: Bench, name: str, title: str, message: str, mends: frozenset[str], choices: tuple[Choice, ...]
) -> Offer:
    def mend(choice: str | None) -> None:
        value = choice if name == "level" else [choice] if choice else []
        bench.files[TOML] = with_settings(bench.files.get(TOML), {name: value})

    return Offer(Repair(name, title, message, mends, choices=choices), mend)


def _first_lane(bench: Bench) -> str:
    """The lane of what happens first: whoever works there usually starts it."""
    lanes: list[Element] = bench.all("lane")
    starts = {e.get("id") for e in bench.all("startEvent")}
    at_start = [e for e in lanes if {reference(c.text) for c in children(e, "flowNodeRef")} & starts]
    return tidy((at_start or lanes)[0].get("name")) if lanes else ""


RULES = (executable, settings)
LAST = (drawing,)
