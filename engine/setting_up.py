"""Making a new county: the real one (`cunyi init`) and the sample one (`cunyi demo`), each with the shipped procedures.

Both may be run again: what is there already stays as it is.
"""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from engine import calendar, demo
from engine.clock import VirtualClock
from engine.demo import performing
from engine.diagram import load_folder
from engine.operations import complete_task, publish_procedure, start_matter, upload_file
from engine.operations.procedures import find_in_force, unit_named
from engine.operations.publishing import newest
from engine.people.accounts import person_by_login
from engine.people.county import read_county
from engine.people.importing import import_county
from engine.runtime import Runtime
from engine.store.tables import instances, units

SHIPPED = "随程序提供"  # the note of a version nobody in the county has made


class SettingUpRefused(ValueError):
    """The county cannot be set up in this database. Chinese; says what to do."""


def initialise(runtime: Runtime, county: Path | None) -> Iterator[str]:
    """Sets up a real county from its file; yields what to tell whoever does it.

    Raises SettingUpRefused for a database with sample accounts, CountyRefused for a file with mistakes.
    """
    database = runtime.database
    if database.look(demo.exists):
        raise SettingUpRefused(
            "这个数据库里有示例账号，不能用于正式工作。请用一个空的数据库（CUNYI_DATABASE_URL）"
        )
    now = runtime.now()
    database.run(lambda c: calendar.publish_shipped(c, now))
    yield "数据库已就绪。"
    if county is None:
        yield "还没有导入单位和人员：写好县的组织文件后，运行 cunyi init 文件.toml（写法见 docs/configuration.md）。"
        return
    read = read_county(county, runtime.designations)
    done = import_county(database, read, runtime.designations, now, runtime.today())
    yield f"已导入 {done.units} 个单位、{done.people} 人、{done.appointments} 项任职、{done.accounts} 个账号。"
    yield from (f"注意：{warning}" for warning in done.warnings)
    if done.passwords:
        yield "初始密码如下，只显示这一次，第一次登录时要改："
        yield from (f"  {login}\t{password}" for login, password in sorted(done.passwords.items()))
    yield from publish_shipped(runtime)


def load_demo(runtime: Runtime) -> Iterator[str]:
    """Sets up the sample county with some matters under way; yields what to print. Raises DemoRefused."""
    demo.load(runtime.database, runtime.clock, runtime.designations)
    if runtime.database.look(lambda c: c.scalar(select(instances.c.id).limit(1))) is not None:
        yield from publish_shipped(runtime)
    else:
        yield from _live_through(runtime)
        _start_sample_matters(runtime)
    yield f"示例县已载入（单位、人员都是虚构的）。下列账号的密码都是 {demo.PASSWORD}"
    for account in demo.highlights(runtime.database):
        yield f"  {account.login:<10} {account.name}　{account.unit} {'、'.join(account.posts)}"


def _live_through(runtime: Runtime) -> Iterator[str]:
    """The months before: the procedures are published, and the matters of matters.toml take their course."""
    matters, now = performing.planned(), runtime.now()
    clock = VirtualClock(min(performing.monday(now, matter.weeks) for matter in matters))
    past = Runtime(runtime.database, runtime.configuration, clock)
    yield from publish_shipped(past)
    yield from performing.perform(past, clock, now, matters)


def publish_shipped(runtime: Runtime) -> Iterator[str]:
    """Publishes every procedure that comes with the program for the topmost unit, those that are called first."""
    top = runtime.database.look(lambda c: c.scalar(select(units.c.code).where(units.c.parent_id.is_(None))))
    if top is None:
        return
    places = sorted(Path(runtime.configuration.processes_dir).glob("*/procedure.toml"))
    folders = {load_folder(place.parent).key: place.parent for place in places}
    calls = {key: [k for k in load_folder(folder).calls if k in folders] for key, folder in folders.items()}
    for key in TopologicalSorter(calls).static_order():
        yield _publish_shipped(runtime, top, key, folders[key])


def _publish_shipped(runtime: Runtime, top: str, key: str, folder: Path) -> str:
    """Publishes one, its scenarios played, unless the county has changed or withdrawn it since; says what was done."""

    def standing(c: Connection) -> tuple[Row[Any, Any, Any] | None, bool]:
        place = unit_named(c, top)
        return newest(c, place.id, key), find_in_force(c, key, place) is not None

    last, offered = runtime.database.look(standing)
    if last is not None and last.note != SHIPPED:
        return f"县里改过，保留县里的第 {last.version} 版：{folder.name}"
    if last is not None and not offered:
        return f"县里已停用，没有再发布：{folder.name}"
    publish_procedure(runtime, None, read_files(folder), top, SHIPPED)
    return f"已发布流程：{folder.name}"


def read_files(folder: Path) -> dict[str, bytes]:
    """A procedure's folder as it is published: relative path → content. Hidden files stay behind."""
    relative = {path: path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        short.as_posix(): path.read_bytes()
        for path, short in relative.items()
        if not any(part.startswith(".") for part in short.parts)
    }


def _start_sample_matters(runtime: Runtime) -> None:
    """One just begun, one before the chairman, one that the secretary has agreed to: something to look at."""
    person = {
        (unit, post): _person(runtime, unit, post)
        for unit, post in (("liuwan", "报账员"), ("liuwan", "村党组织书记"), ("zhuping", "报账员"))
    }
    reporter = person["liuwan", "报账员"]
    start_matter(runtime, reporter, "zhichu", "liuwan", "添置防汛物资")
    _report(runtime, reporter, "liuwan", "三组路灯维修", 860, "云岭电器行")
    large = _report(runtime, reporter, "liuwan", "村道路面修补", 12000, "清溪建筑队")
    complete_task(runtime, person["liuwan", "村党组织书记"], large, {"结论": "同意"})
    _report(runtime, person["zhuping", "报账员"], "zhuping", "文化广场健身器材", 6800, "云岭体育用品店")


def _person(runtime: Runtime, unit: str, post: str) -> int:
    account = demo.accounts(runtime.database, [(unit, post)])[0]
    person = runtime.database.look(lambda c: person_by_login(c, account.login))
    assert person is not None, "the sample county gives everybody it names an account"
    return person


def _report(runtime: Runtime, reporter: int, unit: str, purpose: str, amount: int, payee: str) -> str:
    """A spending entered with its receipt; the id of the task that is open then."""
    started = start_matter(runtime, reporter, "zhichu", unit, purpose)
    receipt = upload_file(runtime, reporter, performing.picture(), "发票.png")
    entry = {
        "用途": purpose,
        "金额": amount,
        "收款方": payee,
        "凭证": [{"id": receipt["id"], "name": receipt["name"]}],
    }
    done = complete_task(runtime, reporter, started.open_tasks[0]["id"], entry)
    return str(done.open_tasks[0]["id"])
