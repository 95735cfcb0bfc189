"""Repairs: each does what it says, removes its findings, and breaks nothing."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.diagram import Finding, check_folder, load_folder
from engine.diagram.repair import Repair, apply, apply_all, apply_provisionally, opened, repairs
from engine.diagram.repair.bench import Bench
from engine.diagram.repair.conditions import translated
from engine.diagram.repair.drawn import Box, Drawing
from engine.diagram.repair.posts import offered
from engine.execution.rehearsal import Rehearsal
from engine.people.designations import designations
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.engine.diagram.drawn import E, S, bpmn, node, path, properties, user, when
from tests.engine.diagram.repair.habits import FLOWABLE, HABITS, TRANSACTIONS, ZEEBE

POSTS = designations()
Files = Mapping[str, bytes]


def errors(files: Files) -> list[Finding]:
    return [f for f in check_folder(files, POSTS) if f.severity == "error"]


def execution(files: Files) -> set[tuple[str, str | None]]:
    return {(f.code, f.element_id) for f in errors(files) if f.gate == "execution"}


def offer(files: Files, start: str) -> Repair:
    return next(r for r in repairs(files, POSTS) if r.id.startswith(start))


def mended(files: Files, start: str, choice: str | None = None) -> dict[str, bytes]:
    return apply(files, offer(files, start).id, choice, POSTS)


def folder(body: str, before: str = "") -> dict[str, bytes]:
    return {"x.bpmn": bpmn(body, before)}


# ---------------------------------------------------------------- all of them


def _removed(repair: Repair, before: Files, after: Files) -> set[tuple[str, str | None]]:
    """What the repair said it would remove and has not."""
    mine = {
        (f.code, f.element_id)
        for f in check_folder(before, POSTS)
        if f.code in repair.mends and (not repair.elements or f.element_id in repair.elements)
    }
    left = {(f.code, f.element_id) for f in check_folder(after, POSTS)}
    return mine & left


@pytest.mark.parametrize("tool", HABITS)
def test_every_repair_removes_its_findings_and_is_not_offered_twice(tool: str) -> None:
    files: Files = opened(HABITS[tool], f"{tool}.bpmn")
    for _ in range(40):
        found = repairs(files, POSTS)
        assert len({r.id for r in found}) == len(found)
        if not found:
            break
        repair = found[0]
        choice = repair.choices[0].value if repair.choices else None
        after = apply(files, repair.id, choice, POSTS)
        assert not _removed(repair, files, after), repair
        assert repair.id not in {r.id for r in repairs(after, POSTS)}, repair
        files = after
    assert not repairs(files, POSTS)
    assert {f.code for f in errors(files)} <= {"no-guidance", "unknown-name"}, errors(files)
    assert load_folder(files).title


_BODIES = st.lists(
    st.sampled_from(
        [
            node("serviceTask", "{0}", name="自动"),
            node("scriptTask", "{0}", "<script>x</script>"),
            node("complexGateway", "{0}"),
            node("parallelGateway", "{0}"),
            node("exclusiveGateway", "{0}", name="行吗"),
            node("subProcess", "{0}"),
            node("callActivity", "{0}"),
            node("userTask", "{0}", properties(kind="handle", form="没有")),
            node("userTask", "{0}", "<multiInstanceLoopCharacteristics/>"),
            node("userTask", "{0}", "<standardLoopCharacteristics/>"),
            node("intermediateCatchEvent", "{0}", "<timerEventDefinition/>", name="等"),
            node("intermediateCatchEvent", "{0}", "<messageEventDefinition/>"),
            node("intermediateThrowEvent", "{0}", "<signalEventDefinition/>", name="喊"),
            node("task", "{0}", color="red"),
            user("{0}", "<potentialOwner/>"),
        ]
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_BODIES, st.data())
def test_no_repair_adds_what_keeps_a_diagram_from_running(bodies: list[str], data: st.DataObject) -> None:
    names = [f"n{i}" for i in range(len(bodies))]
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=8))
    chain = path(" ".join(["s", *names, "e"]))
    extra = "".join(
        f'<sequenceFlow id="x{i}" sourceRef="{a}" targetRef="{b}"/>' for i, (a, b) in enumerate(pairs)
    )
    body = S + "".join(text.replace("{0}", name) for text, name in zip(bodies, names, strict=True)) + E
    files: Files = folder(body + chain + extra)
    seen: set[tuple[str, str | None]] = set()
    for _ in range(14):
        found = repairs(files, POSTS)
        if not found:
            break
        repair = data.draw(st.sampled_from(found))
        choice = data.draw(st.sampled_from(repair.choices)).value if repair.choices else None
        before, after = execution(files), apply(files, repair.id, choice, POSTS)
        assert not _removed(repair, files, after), repair
        if not _deeper(before, execution(after)):
            assert execution(after) <= before | seen, repair
        seen |= before
        files = after


_STAGES = (
    frozenset(
        {"unsupported-element", "unsupported-attribute", "misplaced", "duplicate-id", "unsupported-extension"}
    ),
    frozenset(
        {"bad-loop", "bad-timer", "no-reference", "loose-reference", "bad-condition", "unsupported-event"}
    ),
    frozenset({"endless-cycle"}),
)


def _deeper(before: set[tuple[str, str | None]], after: set[tuple[str, str | None]]) -> bool:
    """Whether the check came further than before: then it says what it could not know."""

    def stage(found: set[tuple[str, str | None]]) -> int:
        codes = {code for code, _ in found}
        early = next((i for i, stage in enumerate(_STAGES[:2]) if codes & stage), None)
        if early is not None:
            return early
        return 2 if codes - _STAGES[2] else 3

    return stage(after) > stage(before)


@pytest.mark.parametrize("name", sorted(p.name for p in PROCESSES.iterdir() if p.is_dir()))
def test_nothing_is_repaired_on_what_is_right(name: str) -> None:
    files = read_files(PROCESSES / name)
    assert [r.id for r in repairs(files, POSTS)] == []
    assert apply_all(files, POSTS) == files


def test_what_cannot_be_read_is_left_alone() -> None:
    for files in ({}, {"x.bpmn": b"<a"}, {"x.bpmn": b"", "y.bpmn": b""}):
        assert repairs(files, POSTS) == []
        assert apply_all(files, POSTS) == files
        with pytest.raises(KeyError):
            apply(files, "names")


def test_a_choice_that_is_not_offered_is_refused() -> None:
    files = folder(user("a", name="办"))
    with pytest.raises(KeyError):
        apply(files, offer(files, "lanes:").id, "不存在的岗位", POSTS)


def test_what_somebody_handles_is_drawn_as_every_such_step() -> None:
    tags = ("task", "manualTask", "sendTask", "receiveTask")
    files = apply_all(folder("".join(node(tag, tag, name=tag) for tag in tags)), POSTS)
    assert files["x.bpmn"].count(b"<userTask ") == len(tags)


def test_many_steps_share_a_form_rather_than_overflow_the_folder() -> None:
    files = folder("".join(user(f"a{i}", name=f"办{i}") for i in range(600)))
    assert len(apply_all(files, POSTS)) <= 500


# ---------------------------------------------------------------- one by one


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${x == 'y'} ", None),  # read as it is
        ("${a.b && !c}", "a.b and not c"),
        ("#{a gt 3 || b le 2}", "a > 3 or b <= 2"),
        ('=x = "y"', 'x == "y"'),
        ('= x != "a = b" and y = 1', 'x != "a = b" and y == 1'),
        ("return x == 1;", "x == 1"),
        ('${execution.getVariable("x").equals("y")}', 'x == "y"'),
        ("not(bpmn:getDataObject('ok'))", "not(ok)"),
        ("bpmn:getDataObject('done') = 'yes'", "done == 'yes'"),
        ("${bean.check(x)}", None),
        ("${a}${b && c}", None),
        ("", None),
        ("x == 1", None),
    ],
)
def test_conditions_of_other_tools_in_our_words(theirs: str, ours: str | None) -> None:
    assert translated(theirs) == ours


def test_whoever_does_the_step_before_is_asked_which_way() -> None:
    labelled = path("s a g").replace("/>", "/>") + "".join(
        f'<sequenceFlow id="g-{t}" name="{n}" sourceRef="g" targetRef="{t}"/>'
        for t, n in (("b", "同意"), ("e", "退回"))
    )
    body = S + user("a", name="审") + node("exclusiveGateway", "g", name="结果") + user("b", name="办") + E
    files = mended(folder(body + labelled + path("b e")), "ask:g")
    form = json.loads(files["forms/审.json"])
    assert [value["value"] for value in form["components"][0]["values"]] == ["同意", "退回"]
    assert (
        b'\xe5\xae\xa1.\xe7\xbb\x93\xe6\x9e\x9c == "\xe5\x90\x8c\xe6\x84\x8f"' in files["x.bpmn"]
    )  # 审.结果 == "同意"
    assert not execution(files)


def test_the_only_way_without_a_condition_is_the_default() -> None:
    body = S + user("a") + node("exclusiveGateway", "g") + user("b") + E + path("s a g e", "b e")
    files = mended(folder(body + when("g", "b", "1 == 1")), "default:g")
    assert b'default="g-e"' in files["x.bpmn"]


def test_a_way_back_to_the_start_goes_to_what_comes_after_it() -> None:
    files = mended(
        folder(S + user("a") + node("parallelGateway", "g") + E + path("s a g s", "g e")), "start:s"
    )
    assert b'id="g-s" sourceRef="g" targetRef="a"' in files["x.bpmn"]


def test_a_transaction_that_is_cancelled_is_left_by_its_own_error() -> None:
    files = mended(opened(TRANSACTIONS, "t.bpmn"), "transaction:")
    assert b"cancelEventDefinition" not in files["t.bpmn"]
    assert files["t.bpmn"].count(b'errorRef="Error_1"') == 2


def test_compensation_goes_only_when_somebody_says_so() -> None:
    files = opened(TRANSACTIONS, "t.bpmn")
    assert b"compensateEventDefinition" in apply_all(files, POSTS)["t.bpmn"]
    after = mended(files, "compensation")["t.bpmn"]
    assert b'"pay"' not in after
    assert b'"cb"' not in after


def test_what_other_tools_say_is_taken_over_before_it_is_removed() -> None:
    files = apply_all(opened(FLOWABLE, "f.bpmn"), POSTS)
    assert b">handle.people</" in files["f.bpmn"]
    assert b'name="person"' in files["f.bpmn"]
    assert b"flowable:collection" not in files["f.bpmn"]
    assert json.loads(files["forms/审批请假.json"])["components"][0]["label"] == "同意吗"
    assert b'calledElement="shipping"' in apply_all(opened(ZEEBE, "z.bpmn"), POSTS)["z.bpmn"]


def test_a_list_nobody_understands_is_kept_until_somebody_decides() -> None:
    odd = FLOWABLE.replace(b"${handle.people}", b"${service.find(x)}")
    assert b"service.find" in apply_all(opened(odd, "f.bpmn"), POSTS)["f.bpmn"]


def test_repeated_ids_are_told_apart_where_it_is_certain() -> None:
    inner = S + user("a") + E + path("s a e")
    files = apply_all(folder(inner.replace('"a"', '"b"') + node("subProcess", "sub", inner)), POSTS)
    assert not {code for code, _ in execution(files)} & {"duplicate-id", "loose-flow"}
    two = folder(S + user("a") + user("a") + path("s a"))
    assert not [r for r in repairs(two, POSTS) if r.id.startswith("repeated")]


def test_an_event_hangs_on_what_it_is_drawn_on() -> None:
    body = S + user("a") + E + node("boundaryEvent", "b", "<timerEventDefinition/>") + path("s a e", "b e")
    shape = '<bpmndi:BPMNShape bpmnElement="{}"><dc:Bounds x="{}" y="{}" width="{}" height="{}"/></bpmndi:BPMNShape>'
    drawing = (
        '<bpmndi:BPMNDiagram xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><bpmndi:BPMNPlane bpmnElement="p">'
        + shape.format("a", 100, 100, 100, 80)
        + shape.format("b", 132, 162, 36, 36)
        + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    assert b'attachedToRef="a"' in mended(folder(body, drawing), "attach:b")["x.bpmn"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("村支书", "村党组织书记"),
        ("会计", "会计"),
        ("村主任", "村委会主任"),
        ("农户", "村民"),
        ("村委会主任（张三）", "村委会主任"),
    ],
)
def test_the_likeliest_post_comes_first(name: str, first: str) -> None:
    assert offered(POSTS, name)[0].value == first


def test_questions_are_answered_provisionally_to_see_what_is_left() -> None:
    files = opened(HABITS["Bizagi"], "b.bpmn")
    assert {code for code, _ in execution(apply_all(files, POSTS))} == {"bad-timer"}
    assert {f.code for f in errors(apply_provisionally(files, POSTS))} == {"no-guidance"}


def test_an_end_that_is_added_stands_in_the_same_lane_and_on_nothing() -> None:
    host, lane = Box(432, 322, 36, 36), Box(150, 220, 950, 200)
    for there in ([], [Box(400, 370, 100, 30)]):
        boxes = {"lane": lane, "b": host} | {str(i): box for i, box in enumerate(there)}
        end = Drawing.room_below(host, boxes)
        assert end.within(lane)
        assert not any(end.meets(box) for box in there)


@pytest.mark.parametrize(("answer", "end"), [("同意", ["发送通知", "步骤 1"]), ("不同意", [])])
def test_what_was_repaired_runs_as_it_was_drawn(answer: str, end: list[str]) -> None:
    files = opened((Path(__file__).parent / "foreign/camunda-approval.bpmn").read_bytes(), "a.bpmn")
    played = Rehearsal.load(apply_provisionally(files, POSTS))
    played.start()
    (task,) = played.open_tasks()
    played.complete(task.id, {"reason": "困难", "income": 9_000})
    (task,) = played.open_tasks()
    assert task.name == "审核"
    played.complete(task.id, {"同意吗": answer})
    done = []
    while tasks := played.open_tasks():
        done += [task.name for task in tasks]
        played.complete(tasks[0].id, {})
    assert played.finished
    assert done == end


@pytest.mark.parametrize(("chosen", "step"), [("甲路", "a"), ("乙路", "b")])
def test_where_nobody_can_be_asked_a_step_is_put_in_front(chosen: str, step: str) -> None:
    """The gateway comes right after the start and after a way back; who decides is asked each time."""
    ways = (
        '<sequenceFlow id="g-a" name="甲路" sourceRef="g" targetRef="a"/>'
        '<sequenceFlow id="g-b" name="乙路" sourceRef="g" targetRef="b"/>'
    )
    body = (
        S + E + node("exclusiveGateway", "g", name="走哪条？") + user("a", name="甲") + user("b", name="乙")
    )
    data = opened(bpmn(body + ways + path("s g", "a g", "b e")), "x.bpmn")
    boxes = {name: box for name, box in Drawing(Bench.of(data).tree).boxes().items() if name in "sgabe"}
    files = apply_provisionally(data, POSTS)
    drawn = Drawing(Bench.of(files).tree).boxes()
    assert not any(drawn["Decision_1"].meets(drawn[name]) for name in boxes)
    assert drawn["s"] == boxes["s"]
    run = Rehearsal.load(files)
    run.start()
    (task,) = run.open_tasks()
    assert task.name == "决定：走哪条？"
    (field,) = json.loads(files["forms/决定走哪条.json"])["components"]
    run.complete(task.id, {field["key"]: chosen})
    assert [task.element_id for task in run.open_tasks()] == [step]


def _wait(id: str, what: str = "<conditionalEventDefinition/>", tag: str = "intermediateCatchEvent") -> str:
    return node(tag, id, what)


_LINK = '<linkEventDefinition name="丙"/>'
_TOOLS = user("a", name="甲") + user("b", name="乙") + user("c", name="丙") + path("b c")
_SPLIT = S + E + node("eventBasedGateway", "g") + user("a", name="甲") + user("b", name="乙")


@pytest.mark.parametrize(
    ("body", "start", "choice"),
    [
        (S + _wait("w") + E + path("s w e"), "condition:w", None),
        (_wait("w", tag="startEvent") + E + path("w e"), "condition:w", None),
        *[
            (
                S + user("a") + E + '<boundaryEvent id="w" attachedToRef="a"/>' + path("s a e", "w e"),
                "border:w",
                choice,
            )
            for choice in ("messageEventDefinition", "timerEventDefinition", "")
        ],
        (S + node("startEvent", "s2") + user("a") + path("s a", "s2 a"), "starts:p", None),
        (S + node("startEvent", "s2") + user("a") + user("b") + path("s a", "s2 b"), "starts:p", "s2"),
        (S + user("a") + _wait("w", _LINK, "intermediateThrowEvent") + path("s a w"), "loose-links", None),
        (S + node("adHocSubProcess", "h", _TOOLS) + E + path("s h e"), "order:h", "together"),
        (S + node("adHocSubProcess", "h", _TOOLS) + E + path("s h e"), "order:h", "row"),
        (_SPLIT + path("s g a e", "g b e"), "races", None),
    ],
)
def test_what_the_standard_leaves_open_is_settled(body: str, start: str, choice: str | None) -> None:
    files = opened(bpmn(body), "x.bpmn")
    repair = offer(files, start)
    settled = apply(files, repair.id, choice, POSTS)
    assert not _removed(repair, files, settled)
    assert not execution(apply_provisionally(settled, POSTS))


def test_an_order_that_is_chosen_is_the_order_it_runs_in() -> None:
    files = opened(bpmn(S + node("adHocSubProcess", "h", _TOOLS) + E + path("s h e")), "x.bpmn")
    seen = {}
    for choice in ("together", "row"):
        run = Rehearsal.load(apply_provisionally(mended(files, "order:h", choice), POSTS))
        run.start()
        seen[choice] = [[task.element_id for task in run.open_tasks()]]
        while not run.finished:
            run.settle(run.open_tasks()[0].id, {})
            seen[choice].append([task.element_id for task in run.open_tasks()])
    assert seen == {
        "together": [["a", "b"], ["b"], ["c"], []],
        "row": [["b"], ["c"], ["a"], []],
    }  # b is drawn on top


def test_no_step_is_put_where_somebody_will_be_there_to_ask() -> None:
    """What a program did becomes a person's step first."""
    flows = path("s t g", "g e", "g a")
    body = S + E + node("serviceTask", "t", name="查") + node("exclusiveGateway", "g") + user("a") + flows
    assert not [each for each in repairs(folder(body), POSTS) if each.id == "decide:g"]
    assert "ask:g" in {each.id for each in apply_all(folder(body), POSTS).done}


def test_a_pool_that_was_not_drawn_is_drawn_with_the_lane_that_is_put_into_it() -> None:
    drawn = opened(bpmn(S + user("a") + E + path("s a e")), "x.bpmn")["x.bpmn"]
    name = drawn.split(b'<process id="')[1].split(b'"')[0].decode()
    pools = f'<collaboration id="k"><participant id="pool" processRef="{name}"/></collaboration>'
    files = {"x.bpmn": drawn.replace(b"<process ", pools.encode() + b"<process ", 1)}
    boxes = Drawing(Bench.of(mended(files, "lanes:", "村委会主任")).tree).boxes()
    assert boxes["a"].within(boxes["Lane_1"]) and boxes["Lane_1"].within(boxes["pool"])
