"""The way a matter came, as anybody may read it (BB-6): who by post, when, in figures and in plain words.

Nothing a form holds is shown, nobody is named but those a vote elected, and no minutes: only what many did, counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from engine import steps
from engine.diagram.model import Node
from engine.masking import masked
from engine.operations.meetings import record_of
from engine.people.roster import capacities
from engine.queries.closure import Closure
from engine.queries.disclosed import BallotFile, Fact, Gathered, Stage
from engine.queries.exhibits import Exhibits
from engine.queries.heard import KEPT, objectors
from engine.runtime import SHANGHAI, Runtime
from engine.steps import SettingError, answers, notice, period
from engine.steps.deliberate import REASON
from engine.steps.opinion import DIGEST, OUTCOME
from engine.steps.threshold import in_words
from engine.store.proceedings import agenda_items, meetings, notices, opinions
from engine.store.tables import journal, submissions
from engine.store.voting import ballots

STAGES = {"consult": "征求意见", "deliberate": "审议", "ballot": "票决", "notice": "公示", "assess": "测评"}
HANDLED = "办理"
DONE = (None, "", "办结", "已办结")  # outcomes that say no more than that it is over
MOST = 300  # steps of one matter on its page, the latest ones
_OVER = ("held", "inquorate", "cancelled")


@dataclass
class Matter:
    """What the stages of one matter are made of; `row` is its head, `data` its results, by key."""

    rt: Runtime
    c: Connection
    row: Any
    closure: Closure
    data: Mapping[str, Any]
    exhibits: Exhibits
    nodes: dict[str, Node] = field(init=False)
    meetings: dict[str, Any] = field(init=False)
    heard: dict[str, dict[str, int]] = field(init=False)
    last: dict[str, str] = field(init=False)  # element -> its task that was done last

    def __post_init__(self) -> None:
        self.nodes = {node.id: node for _, node in self.closure.steps()}
        self.meetings = _meetings(self.c, self.row.id)
        self.heard = _heard(self.c, self.row.id)
        self.last = {}

    def settings(self, node: Node) -> Mapping[str, Any]:
        """A step's settings as it opens with them; none where they cannot be read any more."""
        try:
            return steps.kind(node.kind or "handle").freeze(node, self.row.parameters)
        except (SettingError, KeyError):
            return {}

    def result(self, element_id: str, task_id: str) -> Mapping[str, Any]:
        """What a step came to; of an earlier round nothing is kept in the data."""
        value = self.data.get(self.nodes[element_id].key)
        if isinstance(value, Mapping) and self.last.get(element_id) == task_id:
            return value
        return {}


def way(matter: Matter, open_tasks: Sequence[Any]) -> list[Stage]:
    """From its start to where it stands, or to its end."""
    row = matter.row
    done = _concluded(matter)
    matter.last = {entry.element_id: entry.task_id for entry in done}
    begun = Stage("提出", "提出", _starter(matter), row.started_at, False)
    found = [begun, *_joined([_done(matter, entry) for entry in done])]
    found += [_open(matter, task) for task in open_tasks if task.element_id in matter.nodes]
    if row.ended_at is not None:
        came_to = "" if row.outcome in DONE else row.outcome
        words = {"completed": came_to, "cancelled": "已终止"}.get(row.status, "已中断")
        found.append(Stage("办结", "办结", "", row.ended_at, False, outcome=words))
    return found


def _starter(matter: Matter) -> str:
    """The post it was started from; all that may start it where the person held none of them alone."""
    row, starters = matter.row, matter.closure.main.starters
    if row.started_by is None:
        return ""
    day = row.started_at.astimezone(SHANGHAI).date()
    held = capacities(matter.c, row.started_by, day, matter.rt.designations)
    return "、".join([post for post in starters if (post, row.unit_id) in held] or starters)


# ---------------------------------------------------------------- steps that are over


_CONCLUDED = (
    select(
        journal.c.element_id,
        journal.c.task_id,
        journal.c.at,
        journal.c.detail,
        submissions.c.data,
        submissions.c.withdrawn_at,
    )
    .outerjoin(submissions, submissions.c.id == journal.c.submission_id)
    .order_by(journal.c.sequence.desc())
)


def _concluded(matter: Matter) -> list[Any]:
    """The journal's entries that ended a step and still hold, in their order."""
    query = _CONCLUDED.where(journal.c.chain == f"instance:{matter.row.id}", journal.c.task_id.is_not(None))
    rows = matter.c.execute(query.limit(MOST)).all()[::-1]
    return [
        row
        for row in rows
        if row.withdrawn_at is None
        and row.element_id in matter.nodes
        and row.element_id in ((row.detail or {}).get("passed") or ())
    ]


def _done(matter: Matter, entry: Any) -> Stage:
    node = matter.nodes[entry.element_id]
    kind = node.kind or "handle"
    value = matter.result(entry.element_id, entry.task_id)
    said = entry.data or {}
    stage = Stage(STAGES.get(kind, HANDLED), node.label, node.lane or "", entry.at, False)
    if kind == "consult":
        facts = _opinion_facts(matter, node, entry.task_id, value)
        text, outcome = str(said.get(DIGEST) or ""), str(said.get(OUTCOME) or "")
        return replace(stage, outcome=outcome, facts=facts, text=text)
    if kind == "notice":
        return _notice(matter, stage, node, entry.task_id)
    if kind == "assess":
        return replace(stage, outcome=str(value.get(OUTCOME) or ""), facts=list(_rating_facts(value)))
    if kind in ("deliberate", "ballot"):
        held = matter.meetings.get(entry.task_id)
        facts = list(_vote_facts(value)) if kind == "ballot" else []
        outcome = str((held.outcome if held is not None else "") or value.get(OUTCOME) or "")
        file = _ballot_file(matter, entry.task_id) if kind == "ballot" else None
        stage = replace(stage, outcome=outcome, facts=facts, meeting=_gathered(matter, held), ballot=file)
        told = node.properties.get("discloses", "").strip() == "yes"  # a vote has no such setting
        return replace(stage, text=str(said.get(REASON) or "")) if told else stage
    return stage


def _joined(stages: Sequence[Stage]) -> Iterator[Stage]:
    """A step done once for every item of a list, or signed by several, is one stage with how often."""
    times = 0
    for place, stage in enumerate(stages):
        times += 1
        following = stages[place + 1] if place + 1 < len(stages) else None
        if (
            following is not None
            and stage.kind == HANDLED
            and (following.step, following.by) == (stage.step, stage.by)
        ):
            continue
        yield replace(stage, facts=[Fact("", f"一共办了 {times} 次")]) if times > 1 else stage
        times = 0


# ---------------------------------------------------------------- in figures


def _heard(c: Connection, instance_id: str) -> dict[str, dict[str, int]]:
    """Opinions that count, by step and stance. One statement."""
    query = (
        select(opinions.c.task_id, opinions.c.stance, func.count().label("number"))
        .where(opinions.c.instance_id == instance_id, KEPT)
        .group_by(opinions.c.task_id, opinions.c.stance)
    )
    found: dict[str, dict[str, int]] = {}
    for row in c.execute(query):
        found.setdefault(row.task_id, {})[row.stance] = int(row.number)
    return found


def _opinion_facts(matter: Matter, node: Node, task_id: str, value: Mapping[str, Any]) -> list[Fact]:
    if node.properties.get("of"):
        parts = [f"{word} {value[word]} 条" for word in answers.VERDICTS if value.get(word)]
        text = f"逐条答复 {value.get('条数', 0)} 条意见" + (f"：{'，'.join(parts)}" if parts else "")
        return [Fact("", text)] if value else []
    by_stance = matter.heard.get(task_id, {})
    facts = [Fact("", f"收到意见 {sum(by_stance.values())} 条")]
    words = [word for word in matter.settings(node).get("stances", ()) if by_stance.get(word)]
    if words:
        facts.append(Fact("", "，".join(f"{word} {by_stance[word]} 条" for word in words)))
    if value.get("覆盖"):
        covered, _, asked = str(value["覆盖"]).partition("/")
        facts.append(Fact("", f"应征求 {asked} 人，提了意见的 {covered} 人"))
    return facts


def _rating_facts(value: Mapping[str, Any]) -> Iterator[Fact]:
    if not value:
        return
    asked = f"应参评 {value['应参评']} 人，" if value.get("应参评") else ""
    yield Fact("", f"{asked}参评 {value.get('参评', 0)} 人，满意 {value.get('满意', 0)} 人")
    each = value.get("各档")
    if isinstance(each, Mapping):
        yield Fact("各档", "，".join(f"{score} {number}" for score, number in each.items()))
    if value.get("扫码参评"):
        yield Fact("", f"其中扫码参评 {value['扫码参评']} 人")
    yield from (Fact("怎么算的", in_words(str(line))) for line in value.get("依据") or ())


def _vote_facts(value: Mapping[str, Any]) -> Iterator[Fact]:
    """Each motion with its figures, who was elected, and every comparison that was made. Who voted how is nobody's
    business here, and who was not elected is shown masked.
    """
    for motion in value.get("议案") or ():
        passed = "通过" if motion.get("通过") else "没有通过"
        votes = "，".join(f"{word} {motion.get(word, 0)}" for word in ("赞成", "反对", "弃权"))
        yield Fact(str(motion.get("议案") or ""), f"{votes}：{passed}")
    lost = {
        str(one["姓名"]): masked(str(one["姓名"])) for one in value.get("得票") or () if not one.get("当选")
    }
    elected = [str(name) for name in value.get("当选人") or ()]
    if elected:
        yield Fact("当选", "、".join(elected))
    lost = {name: hidden for name, hidden in lost.items() if name not in elected}
    rounds: dict[str, list[str]] = {}
    for one in value.get("得票") or ():
        name, round_ = str(one["姓名"]), f"第 {one['轮次']} 轮得票" if one.get("轮次") else "得票"
        rounds.setdefault(round_, []).append(f"{lost.get(name, name)} {one.get('票数', 0)} 票")
    yield from (Fact(round_, "，".join(each)) for round_, each in rounds.items())
    for line in value.get("依据") or ():
        text = str(line)
        for name, hidden in lost.items():
            text = text.replace(name, hidden)
        yield Fact("怎么算的", in_words(text))


def _notice(matter: Matter, stage: Stage, node: Node, task_id: str) -> Stage:
    row = matter.c.execute(select(notices).where(notices.c.task_id == task_id)).first()
    if row is None:
        return stage
    heard = matter.heard.get(task_id, {})
    against = objectors(matter.c, task_id)
    limit = matter.settings(node).get("objections", 1)
    facts = [Fact("", f"收到反馈 {sum(heard.values())} 条" + (f"，{against} 人有异议" if against else ""))]
    outcome = notice.OBJECTED if against >= limit else notice.ACCEPTED
    return replace(stage, at=row.ended_at or stage.at, outcome=outcome, facts=facts)


# ---------------------------------------------------------------- meetings


def _meetings(c: Connection, instance_id: str) -> dict[str, Any]:
    """The meeting each step was dealt with in, by task. One statement."""
    query = (
        select(meetings, agenda_items.c.task_id, agenda_items.c.outcome)
        .join(agenda_items, agenda_items.c.meeting_id == meetings.c.id)
        .where(agenda_items.c.instance_id == instance_id, agenda_items.c.withdrawn_at.is_(None))
    )
    return {row.task_id: row for row in c.execute(query)}


def _gathered(matter: Matter, row: Any | None) -> Gathered | None:
    """A meeting that was announced, or held. Before it is announced it is nobody's business yet."""
    if row is None or (row.announced_at is None and row.opened_at is None):
        return None
    over = row.status in _OVER
    items = agenda_items.c
    here = (items.meeting_id == row.id, items.instance_id == matter.row.id, items.withdrawn_at.is_(None))
    titles = matter.c.scalars(select(items.title).where(*here).order_by(items.position))
    return Gathered(
        name=row.name,
        place=row.place,
        starts_at=row.starts_at,
        is_over=over,
        came=_came(matter.c, row) if over and row.opened_at is not None else "",
        items=list(dict.fromkeys(titles)),
        announced_at=row.announced_at,
        photos=matter.exhibits.photos(row.evidence, "会前公开"),
    )


def _came(c: Connection, row: Any) -> str:
    record = record_of(c, row).with_all_who_came()
    text = f"应到 {record.roll} 人，实到 {record.present} 人"
    if record.body != record.roll:
        text += f"；组成人员 {record.body} 人，到会 {record.body_present} 人"
    return text


def _ballot_file(matter: Matter, task_id: str) -> BallotFile | None:
    """There is a 决议 where something was passed, or somebody elected."""
    text = matter.c.scalar(select(ballots.c.published).where(ballots.c.task_id == task_id))
    if text is None:
        return None
    results = [one.get("result", {}) for one in orjson.loads(text)["motions"]]
    resolved = any(result.get("passed") or result.get("当选人") for result in results)
    return BallotFile(task_id, "表决数据.json", ("决议", "表决票统计") if resolved else ("表决票统计",))


# ---------------------------------------------------------------- steps that are open


def _open(matter: Matter, task: Any) -> Stage:
    stage = Stage(STAGES.get(task.kind, HANDLED), task.name, task.lane or "", task.opened_at, True)
    if task.kind in ("deliberate", "ballot"):
        return replace(stage, meeting=_gathered(matter, matter.meetings.get(task.id)))
    if task.kind == "notice":
        row = matter.c.execute(select(notices).where(notices.c.task_id == task.id)).first()
        if row is None:
            return stage
        over = row.ends_at <= matter.rt.now()  # up for its days, and something said of it is not answered yet
        facts = [Fact("", "公示已经期满，正在答复收到的意见")] if over else []
        return replace(stage, at=row.starts_at, until=row.ends_at, facts=facts)
    if task.kind in ("consult", "assess"):
        number = sum(matter.heard.get(task.id, {}).values())
        facts = [Fact("", f"已经收到意见 {number} 条")] if task.kind == "consult" and number else []
        return replace(stage, until=period.ends(task.settings), facts=facts)
    return stage


def state(
    status: str, outcome: str | None, open_tasks: Sequence[Any], ends: Mapping[str, datetime], now: datetime
) -> str:
    """Where a matter stands, in words. `open_tasks` are rows of `tasks`; `ends` are those of notices that are up."""
    if status == "completed":
        return f"已办结：{outcome}" if outcome not in DONE else "已办结"
    if status != "running":
        return "已终止" if status == "cancelled" else "办理中断，正在处理"
    for kind in ("notice", "consult", "assess"):
        for task in open_tasks:
            if task.kind == kind and (kind != "notice" or task.id in ends):
                return _asking(task, ends.get(task.id) or period.ends(task.settings), now)
    names = list(dict.fromkeys(task.name for task in open_tasks))
    return f"正在办：{'、'.join(names[:3])}" if names else "等候下一步"


def _asking(task: Any, until: datetime | None, now: datetime) -> str:
    """What a step that asks the people is at."""
    if task.settings.get("of"):
        return "正在答复意见"
    words = {"notice": "公示", "consult": "征求意见", "assess": "测评"}[task.kind]
    if until is None:
        return f"正在{words}"
    if now >= until:
        return f"{words}到期，正在汇总"
    last = period.last_day(until).removesuffix(" 24:00")
    return f"正在{words}，到 {last}止"
