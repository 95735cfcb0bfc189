"""What other tools leave in a file: attributes, extensions, data and other things without effect here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.diagram.foreign import foreign_attributes, foreign_elements, idle_data
from engine.diagram.profile import (
    ATTRIBUTES,
    EXECUTED,
    LIMITED,
    QUIET,
    REFUSED,
    REFUSED_EXTENSIONS,
    RESOURCES,
    SKIPPED,
    spiff_extensions,
)
from engine.diagram.repair.bench import Bench, Offer, Repair, ids, label, listed, take_out, unset
from engine.diagram.source import BPMN, Element, bpmn, is_bpmn, local, text_of

_DATA_WORK = frozenset({"assignment", "transformation"})
_CORRELATION = frozenset({name for name in REFUSED if name.startswith("correlation")} | {"ioBinding"})
_QUANTITIES = ("startQuantity", "completionQuantity")


def calculations(bench: Bench) -> Iterator[Offer]:
    """Assignments and transformations of data: each step's result is kept under its own name here."""
    found = [e for e in bench.all(*_DATA_WORK) if _executed(e)]
    holders = list(dict.fromkeys(e.getparent() for e in found))

    def mend(_: str | None) -> None:
        bench.remove(holder for holder in holders if holder is not None)

    if found:
        around = list(dict.fromkeys(h.getparent() for h in holders if h is not None))
        steps = [e for e in around if e is not None]
        message = f"{listed(steps)}上搬运、换算数据的设置不会执行，删去：每一步的结果自动记在这一步名下。"
        mends = frozenset({"unsupported-element"})
        yield Offer(Repair("calculations", "删去数据搬运", message, mends, ids([*steps, *found])), mend)


def correlations(bench: Bench) -> Iterator[Offer]:
    found = [e for e in bench.all(*_CORRELATION) if _executed(e)]

    def mend(_: str | None) -> None:
        bench.remove(found)

    if found:
        message = "消息在这里按名字送达，原来的消息关联、服务绑定设置不会执行，删去。"
        repair = Repair(
            "correlations", "删去消息关联", message, frozenset({"unsupported-element"}), ids(found)
        )
        yield Offer(repair, mend)


def unknown_elements(bench: Bench) -> Iterator[Offer]:
    """Elements BPMN does not know, as some tools write them; the designer says whether they may go."""
    known = EXECUTED.keys() | QUIET | SKIPPED | REFUSED.keys()
    found = [e for e in bench.tree.iter(f"{{{BPMN}}}*") if local(e) not in known and _executed(e)]
    found = [e for e in found if local(e) not in ("script", "activationCondition", "definitions")]
    joined = bench.flows()

    def mend(_: str | None) -> None:
        bench.remove(found)

    if found and not any(joined.into(e) or joined.out_of(e) for e in found):
        names = "、".join(dict.fromkeys(local(e) for e in found))
        message = f"文件里有这里不认识的内容（{names[:80]}），删去；图上其余的不变。"
        repair = Repair(
            "unknown",
            "删去不认识的内容",
            message,
            frozenset({"unsupported-element"}),
            ids(found),
            automatic=False,
        )
        yield Offer(repair, mend)


def performers(bench: Bench) -> Iterator[Offer]:
    found = [e for e in bench.all(*RESOURCES) if _executed(e)]
    steps = [step for e in found if (step := e.getparent()) is not None]

    def mend(_: str | None) -> None:
        for element in found:
            take_out(element)

    if found:
        message = f"{listed(dict.fromkeys(steps))}里写的人员不起作用，删去：由谁办看泳道。"
        repair = Repair(
            "performers", "删去任务里写的人员", message, frozenset({"resource-ignored"}), _with(found)
        )
        yield Offer(repair, mend)


def attributes(bench: Bench) -> Iterator[Offer]:
    """Attributes without a meaning here, and yes and no in another spelling."""
    idle = [(e, name) for e in _judged(bench) for name in _unknown(e)]
    spelled = [(e, name) for e in _judged(bench) for name in LIMITED if _other_spelling(e, name)]

    def mend(_: str | None) -> None:
        for element, name in idle:
            unset(element, name)
        for element, name in spelled:
            element.set(name, _respelled(element, name))

    if idle or spelled:
        names = "、".join(dict.fromkeys(name for _, name in [*idle, *spelled]))
        message = f"这里用不到的属性（{names[:80]}）删去，写法不规范的改规范，走法不变。"
        elements = list(dict.fromkeys(e for e, _ in [*idle, *spelled]))
        mends = frozenset({"unsupported-attribute"})
        yield Offer(Repair("attributes", "清理属性", message, mends, _with(elements)), mend)


def quantities(bench: Bench) -> Iterator[Offer]:
    """Numbers of tokens: taken away only when the designer says so."""
    for element in _judged(bench):
        odd = [n for n in _QUANTITIES if (element.get(n) or "1").strip() != "1"]
        if not odd:
            continue

        def mend(_: str | None, element: Element = element, odd: list[str] = odd) -> None:
            for name in odd:
                unset(element, name)

        message = f"{label(element)}要几份才开始、办完给出几份，这里不能执行；改成一份进、一份出。"
        yield Offer(
            Repair(
                f"quantity:{element.get('id')}",
                "改成一份",
                message,
                frozenset({"unsupported-attribute"}),
                ids([element]),
                automatic=False,
            ),
            mend,
        )


def scripts(bench: Bench) -> Iterator[Offer]:
    """SpiffWorkflow's own scripts and service calls."""
    found = [
        (element, part)
        for element in bench.tree.iter(f"{{{BPMN}}}*")
        if _executed(element)
        for part in spiff_extensions(element)
        if local(part) in REFUSED_EXTENSIONS
    ]

    def mend(_: str | None) -> None:
        for _element, part in found:
            take_out(part)

    if found:
        names = "、".join(dict.fromkeys(REFUSED_EXTENSIONS[local(part)] for _, part in found))
        steps = list(dict.fromkeys(element for element, _ in found))
        message = f"{listed(steps)}里的{names}不会执行，删去。"
        mends = frozenset({"unsupported-extension"})
        yield Offer(Repair("scripts", "删去脚本", message, mends, _with(steps)), mend)


def foreign_settings(bench: Bench) -> Iterator[Offer]:
    """Settings of other tools: without effect here, and a reader might think otherwise."""
    waiting = [
        e for e in bench.all("multiInstanceLoopCharacteristics") if not _settled(e)
    ]  # the list is still in it
    named = [
        (e, name)
        for e in bench.tree.iter(f"{{{BPMN}}}*")
        if e not in waiting
        for name in foreign_attributes(e)
    ]
    parts = [
        (e, part)
        for e in bench.all("extensionElements")
        if e.getparent() not in waiting
        for part in foreign_elements(e)
    ]

    def mend(_: str | None) -> None:
        for element, name in named:
            unset(element, name)
        for holder, part in parts:
            take_out(part)
            if not len(holder) and not text_of(holder):
                take_out(holder)

    if named or parts:
        names = [name.rpartition("}")[2] for _, name in named] + [local(part) for _, part in parts]
        elements = [e for e, _ in named] + [p for holder, _ in parts if (p := holder.getparent()) is not None]
        message = f"原来那个工具的设置（{'、'.join(dict.fromkeys(names))[:80]}）在这里不起作用，删去。"
        repair = Repair(
            "foreign",
            "删去别的工具的设置",
            message,
            frozenset({"foreign-setting"}),
            _with(dict.fromkeys(elements)),
        )
        yield Offer(repair, mend)


def data(bench: Bench) -> Iterator[Offer]:
    """Data objects and stores, with the dotted lines to them."""
    found = idle_data(bench.tree)

    def mend(_: str | None) -> None:
        bench.remove(found)

    if found:
        message = f"{listed(found)}和连着它们的虚线只是说明，这里不起作用，从图上删去；每一步的结果自动记在这一步名下。"
        yield Offer(Repair("data", "删去数据对象", message, frozenset({"data-ignored"}), ids(found)), mend)


# ---------------------------------------------------------------- parts


def _settled(loop: Element) -> bool:
    return any(local(part) in ("loopCardinality", "loopDataInputRef") for part in loop)


def _judged(bench: Bench) -> list[Element]:
    return [e for e in bench.tree.iter(f"{{{BPMN}}}*") if _executed(e)]


def _executed(element: Element) -> bool:
    """Whether the profile looks at it at all: not inside what nobody executes."""
    return not any(is_bpmn(a) and local(a) in SKIPPED for a in element.iterancestors(bpmn("*")))


def _unknown(element: Element) -> list[str]:
    if local(element) in QUIET:
        return []
    names = map(str, element.attrib)
    return [n for n in names if not n.startswith("{") and n not in LIMITED and n not in ATTRIBUTES]


def _other_spelling(element: Element, name: str) -> bool:
    value = element.get(name)
    if value is None or value.strip() in LIMITED[name][0]:
        return False
    return bool(_respelled(element, name)) and _respelled(element, name) in LIMITED[name][0]


def _respelled(element: Element, name: str) -> str:
    """The same meaning in the spelling of the standard; empty where there is none."""
    value = (element.get(name) or "").strip()
    return next((each for each in sorted(LIMITED[name][0]) if each.lower() == value.lower()), "")


def _with(elements: Iterable[Element]) -> tuple[str, ...]:
    """The ids a finding may name: the element's, or of the nearest one around it that has one."""
    found: dict[str, None] = {}
    for element in elements:
        around: Element | None = element
        while around is not None and around.get("id") is None:
            around = around.getparent()
        if around is not None:
            found[str(around.get("id"))] = None
    return tuple(found)


RULES = (calculations, correlations, unknown_elements, performers, attributes, quantities, scripts)
LAST = (foreign_settings, data)  # after whatever can be taken over from them
