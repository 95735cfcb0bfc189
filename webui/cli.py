"""The command `cunyi`: each command is a thin call of the module that owns the work, loaded when it is needed."""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from engine.configuration import Configuration
    from engine.runtime import Runtime

CLEAN, FINDINGS, UNREADABLE, UNFINISHED = 0, 1, 2, 3  # exit codes of `check` and `explore`
NO_XML = frozenset({"empty-file", "not-xml"})  # findings that say: nothing there could be read at all
PATH = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="cunyi", message="村议 %(version)s", help="显示版本")
def cli() -> None:
    """村议：把基层议事程序画成流程图，由系统送到该办的人手上。配置用环境变量，见 docs/configuration.md。"""


def main() -> None:
    """Entry point: what people should know is a sentence, never a traceback."""
    try:
        cli(standalone_mode=True)
    except Exception as error:
        if not isinstance(error, _sentences()):
            raise
        click.echo(str(error), err=True)
        sys.exit(1)


def _sentences() -> tuple[type[Exception], ...]:
    """What is said in words that people understand. Looked up when something went wrong: most commands need little."""
    from engine.configuration import ConfigurationError
    from engine.demo import DemoRefused
    from engine.diagram import DiagramError
    from engine.people.county import CountyRefused
    from engine.refusal import Refusal
    from engine.setting_up import SettingUpRefused
    from engine.store import DatabaseBusy, DatabaseUnavailable
    from engine.store.backup import BackupRefused

    setting_up = (ConfigurationError, CountyRefused, DemoRefused, SettingUpRefused, BackupRefused)
    return (*setting_up, Refusal, DiagramError, DatabaseBusy, DatabaseUnavailable)


# ---------------------------------------------------------------- for designers


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """检查流程图（.bpmn）或流程文件夹。退出码：0 没有错误（可以有提醒），1 有错误，2 读不了。"""
    from engine.diagram import check_diagram, check_folder
    from engine.people.designations import designations

    known = designations()
    findings: list[tuple[Path, Any]] = []
    unreadable: list[tuple[Path, str]] = []
    for path in paths:
        try:
            found = check_folder(path, known) if path.is_dir() else check_diagram(path.read_bytes(), known)
        except OSError as error:
            unreadable.append((path, _why(error)))
        else:
            findings += [(path, finding) for finding in found]
    if as_json:
        rows = [{"path": str(path)} | finding.as_dict() for path, finding in findings]
        rows += [{"path": str(path), "code": "unreadable", "message": why} for path, why in unreadable]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print_findings(findings, unreadable)
    broken = any(finding.code in NO_XML for _, finding in findings)
    errors = any(finding.severity == "error" for _, finding in findings)
    sys.exit(UNREADABLE if unreadable or broken else FINDINGS if errors else CLEAN)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "没有这个文件"
    return "没有权限" if isinstance(error, PermissionError) else error.strerror or str(error)


def _print_findings(findings: list[tuple[Path, Any]], unreadable: list[tuple[Path, str]]) -> None:
    for path, why in unreadable:
        click.echo(f"{path}：读不了（{why}）", err=True)
    for path, finding in findings:
        where = path / finding.file if finding.file else path
        line = f"，第 {finding.line} 行" if finding.line else ""
        grade = "错误" if finding.severity == "error" else "提醒"
        gate = "" if finding.gate == "execution" else "（发布前要改）"
        click.echo(f"{where}{line}：{grade}{gate}：{finding}")
    if not findings and not unreadable:
        click.echo("没有发现问题。")


@cli.command()
@click.argument("folder", type=PATH)
@click.argument("scenario", required=False)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def rehearse(folder: Path, scenario: str | None, as_json: bool) -> None:
    """按 scenarios 里写的情形把流程推演一遍；可以只推演其中一个。有不符合的，退出码为 1。"""
    from engine.scenarios import run_folder

    reports = run_folder(folder)
    if scenario:
        reports = [report for report in reports if scenario in (report.name, report.title)]
        if not reports:
            raise click.ClickException(f"{folder} 里没有“{scenario}”这个情形")
    if as_json:
        click.echo(json.dumps([report.as_dict() for report in reports], ensure_ascii=False, indent=2))
    else:
        for report in reports:
            click.echo(report.text())
        click.echo(f"共 {len(reports)} 个情形，{sum(report.passed for report in reports)} 个符合。")
    sys.exit(0 if all(report.passed for report in reports) else 1)


@cli.command()
@click.argument("folder", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option(
    "--seconds", default=60.0, show_default=True, type=click.FloatRange(0.1, 3600), help="最多走多少秒"
)
def explore(folder: Path, as_json: bool, seconds: float) -> None:
    """把流程的每一种走法走一遍：走不到的、卡住的、出错的、跳过必经条款的。按 Ctrl+C 中途停下，报告走到的部分。

    退出码：0 走完了没有问题，1 有问题，2 读不了，3 没有走完、走到的部分没有问题。
    """
    import signal
    import threading

    from engine.exploration import Progress
    from engine.exploration import explore as walk

    if not folder.exists():
        click.echo(f"{folder}：读不了（没有这个文件夹）", err=True)
        sys.exit(UNREADABLE)
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())

    def show(now: Progress) -> None:
        click.echo(
            f"\r看了 {now.states} 种局面，走了 {now.ways} 步，还有 {now.waiting} 种没看 ", err=True, nl=False
        )

    shown = sys.stderr.isatty()
    try:
        report = walk(folder, seconds=seconds, progress=show if shown else None, stop=stop.is_set)
    finally:
        signal.signal(signal.SIGINT, before)
    if shown:
        click.echo(err=True)
    click.echo(
        json.dumps(report.as_dict(), ensure_ascii=False, indent=2) if as_json else report.text(), nl=as_json
    )
    sys.exit(FINDINGS if report.problems else CLEAN if report.complete else UNFINISHED)


@cli.command()
@click.argument("folder", type=PATH)
@click.option("--unit", required=True, help="在哪个单位发布：单位编码")
@click.option("--note", default="", help="这一版改了什么")
def publish(folder: Path, unit: str, note: str) -> None:
    """先把所有情形走一遍，都符合才发布为新的一版。正在办的事项仍按原来的版本办。"""
    from engine.operations import publish_procedure
    from engine.operations.publishing import version_in_words
    from engine.setting_up import read_files

    if not folder.is_dir():
        raise click.ClickException(f"没有这个文件夹：{folder}")
    runtime = _runtime()
    version_id = publish_procedure(runtime, None, read_files(folder), unit, note)
    named = runtime.database.look(lambda c: version_in_words(c, version_id))
    click.echo(f"已在 {unit} 发布 {folder.name}：{named}。")


# ---------------------------------------------------------------- for those who run it


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="进程数")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="每个进程的线程数")
@click.option("--worker/--no-worker", default=None, help="同时处理到期事项；默认只在使用 SQLite 时处理")
def serve(host: str, port: int, processes: int, threads: int, worker: bool | None) -> None:
    """启动网站。"""
    from webui.server import Server

    configuration = _configuration()
    _migrate(configuration)
    with_worker = configuration.database_url.startswith("sqlite") if worker is None else worker
    click.echo(f"村议已启动：http://{host}:{port}　按 Ctrl+C 停止")
    Server(configuration, host, port, processes, threads, with_worker).run()


@cli.command()
def worker() -> None:
    """处理到期的时限、提醒和待发消息，直到收到停止信号。可以同时运行几个。"""
    import signal
    import threading

    from engine.worker import Worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Worker(_runtime()).run(stop)


@cli.command()
@click.argument("county", required=False, type=PATH)
def init(county: Path | None) -> None:
    """建立正式使用的数据库；COUNTY 是县的组织、人员和账号（TOML 文件）。绝不带示例账号。"""
    from engine.setting_up import initialise

    for line in initialise(_runtime(), county):
        click.echo(line)


@cli.command()
def demo() -> None:
    """建立示例县（虚构的单位、人员和办件），供试用和培训。"""
    from engine.setting_up import load_demo

    for line in load_demo(_runtime(demo=True)):
        click.echo(line)


@cli.command()
@click.argument("user")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3650), help="有效天数")
def token(user: str, days: int) -> None:
    """给 USER（登录名）发一个接口令牌。令牌只显示这一次。"""
    from engine.people.accounts import create_token, person_by_login

    runtime = _runtime()
    with runtime.database.write() as c:
        person = person_by_login(c, user)
        if person is None:
            raise click.ClickException(f"没有“{user}”这个登录名")
        click.echo(create_token(c, person, runtime.now(), days))


@cli.command()
@click.argument("file", type=PATH)
def backup(file: Path) -> None:
    """把数据库备份到 FILE；网站不用停。"""
    from engine.store.backup import backup as write

    counts = write(_runtime().database, file)
    click.echo(f"已备份到 {file}：{sum(counts.values())} 行。")


@cli.command()
@click.argument("file", type=PATH)
def restore(file: Path) -> None:
    """把备份 FILE 恢复到一个空的数据库。"""
    from engine.store.backup import restore as read

    read(file, _configuration().database_url)
    click.echo("已恢复。")


@cli.group()
def journal() -> None:
    """留痕。"""


@journal.command()
@click.argument("archive", required=False, type=PATH)
@click.option("--against", type=PATH, help="以前导出的检查点文件，一并核对")
def verify(archive: Path | None, against: Path | None) -> None:
    """核对全部留痕的哈希链；给出 ARCHIVE（一事一档压缩包）的，只核对它，不用数据库。

    退出码：0 完好，1 有不符的（一条条列出），2 压缩包读不了。
    """
    from engine.journal import verify as verified

    exported: Iterable[str] = against.read_text("utf-8").splitlines() if against else ()
    if archive is not None:
        sys.exit(_verify_archive(archive, exported))
    with _runtime().database.snapshot() as c:
        checked = verified(c, exported=exported)
    for found in checked.breaks:
        click.echo(str(found))
    click.echo(
        f"核对了 {checked.chains} 条链、{checked.entries} 条留痕，{'完好' if checked.intact else '有断点，见上'}。"
    )
    sys.exit(0 if checked.intact else 1)


def _verify_archive(archive: Path, exported: Iterable[str]) -> int:
    from engine.journal.offline import Unreadable, verify_archive

    try:
        found = verify_archive(archive, exported)
    except Unreadable as error:
        click.echo(str(error), err=True)
        return UNREADABLE
    click.echo("\n".join(found.report()))
    return CLEAN if found.intact else FINDINGS


@journal.command()
@click.argument("file", type=PATH)
def export(file: Path) -> None:
    """把每日检查点导出到 FILE，交给别处保管；以后用 verify --against 核对。"""
    from engine.journal import export_heads

    with _runtime().database.snapshot() as c:
        file.write_text("\n".join(export_heads(c)) + "\n", "utf-8")
    click.echo(f"已导出到 {file}。")


@cli.group()
def ballot() -> None:
    """表决。"""


@ballot.command("verify")
@click.argument("file", type=PATH)
@click.option("--receipt", default="", help="无记名投票的回执号：看它在不在计票的票里")
def verify_ballot(file: Path, receipt: str) -> None:
    """只凭公布的文件 FILE 重新计一遍票，不用数据库。退出码：0 和公布的一样，1 不一样，2 文件读不了。"""
    from engine.recount import LARGEST, Unreadable, verify

    try:
        with file.open("rb") as opened:
            report = verify(opened.read(LARGEST + 1))
    except OSError as error:
        click.echo(f"{file}：读不了（{_why(error)}）", err=True)
        sys.exit(UNREADABLE)
    except Unreadable as error:
        click.echo(f"{file}：{error}", err=True)
        sys.exit(UNREADABLE)
    if receipt:
        report.look_for(receipt)
    for line in report.lines():
        click.echo(line)
    sys.exit(CLEAN if report.same else FINDINGS)


# ---------------------------------------------------------------- common


def _configuration(demo: bool = False) -> "Configuration":
    from engine.configuration import Configuration

    return Configuration.from_environment(os.environ, demo=demo)


def _runtime(demo: bool = False) -> "Runtime":
    from engine.runtime import Runtime

    configuration = _configuration(demo)
    _migrate(configuration)
    return Runtime.open(configuration)


def _migrate(configuration: "Configuration") -> None:
    from engine.store import Database
    from engine.store.migrations import upgrade

    configuration.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(configuration.database_url)
    try:
        upgrade(database)
    finally:
        database.close()
