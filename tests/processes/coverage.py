"""Which clause is carried by what, both ways. `python -m tests.processes.coverage` writes docs/条款覆盖.md anew."""

from dataclasses import dataclass
from functools import cached_property

from engine.clauses import Clause, Rule, catalogue, clause, rules
from engine.diagram import Procedure, load_folder
from engine.diagram.coverage import Carrier, carriers
from engine.redlines import PROCESSES
from engine.scenarios import load
from engine.scenarios.stage import Stage
from engine.scenarios.written import ROSTER_FILE, load_roster
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "条款覆盖.md"
SECTIONS = {  # the section of the catalogue -> its procedures
    "LB": ("liubu", "zhichu", "yishi", "cungui"),
    "BB": ("babu",),
    "WH": ("wuhuan", "sibu"),
    "HW": ("wuchang", "wenti"),
    "YZ": ("lishihui", "yishi"),
    "FD": ("yishi", "cungui"),
}
# Their own procedures come later: 三看公开, 单项工作的类别; 推选, 选举, 考核, 联系, 质询, 三公开; 划分屋场,
# 屋场长, 党小组, 考核, 活动; 志愿者协会, 自建合同, 督查.
# What of FD no procedure carries by itself is a red line of every one.
LATER = (
    *("LB-9", "LB-10.1", "BB-9.1", "BB-9.2", "BB-9.3", "BB-9.4", "BB-9.5", "BB-9.6"),
    *("HW-1", "HW-1.1", "HW-1.2", "HW-2", "HW-2.1", "HW-5", "HW-6", "HW-7", "HW-8"),
    *("YZ-1", "YZ-1.1", "YZ-3", "YZ-3.1", "YZ-4", "YZ-4.1", "YZ-6"),
    *("FD-1", "FD-3", "FD-5", "FD-6", "FD-7", "FD-8", "FD-9", "FD-11", "FD-12", "FD-13", "FD-14"),
)
KEYS = tuple(dict.fromkeys(key for section in SECTIONS.values() for key in section))
HEAD = """# 条款覆盖

哪一条由哪些步骤承载，哪一步依据哪几条。本页由 `python -m tests.processes.coverage` 从 `processes/` 写出，
测试核对它和流程图一致，有一条没有着落就不通过。条文见 `processes/clauses.toml`。
"""


@dataclass(frozen=True)
class Coverage:
    """The procedures as they are in `processes/`, and the rules the program enforces."""

    procedures: dict[str, Procedure]
    rules: dict[str, Rule]

    @classmethod
    def read(cls) -> "Coverage":
        return cls(
            {key: load_folder(PROCESSES / key) for key in KEYS}, {rule.clause: rule for rule in rules()}
        )

    @property
    def wanted(self) -> list[Clause]:
        """Every clause of these sections that is due."""
        return [one for section in SECTIONS for one in catalogue(section) if one.id not in LATER]

    @cached_property
    def carried(self) -> dict[str, list[tuple[str, Carrier]]]:
        """clause -> the elements that cite it, each with its procedure's key."""
        found: dict[str, list[tuple[str, Carrier]]] = {}
        for key in self.procedures:
            for node in self.steps(key):
                for number in node.clauses:
                    found.setdefault(number, []).append((key, node))
        return found

    def steps(self, key: str) -> list[Carrier]:
        """Every element of a procedure's diagram."""
        return carriers(self.procedures[key].diagram.source)

    def carriers(self, number: str) -> list[tuple[str, Carrier]]:
        """The elements of the clause's own procedures that cite it."""
        own = SECTIONS[number.split("-")[0]]
        return [(key, node) for key, node in self.carried.get(number, []) if key in own]

    # ------------------------------------------------------------ as a page

    def page(self) -> str:
        parts = [HEAD, "## 条款由谁承载\n", *self._forwards(), "## 步骤依据什么\n", *self._backwards()]
        return "\n".join(parts).rstrip() + "\n"

    def _forwards(self) -> list[str]:
        lines = ["| 条款 | 步骤 | 系统强制 |", "|---|---|---|"]
        for one in self.wanted:
            steps = [f"{self.procedures[key].title}：{label(node)}" for key, node in self.carriers(one.id)]
            rule = self.rules.get(one.id)
            says = f"{rule.says}（`{rule.module}`，见 `{rule.shown}`）" if rule else ""
            lines.append(f"| {one.id} | {'；'.join(dict.fromkeys(steps))} | {says} |")
        return [*lines, ""]

    def _backwards(self) -> list[str]:
        lines = []
        for key, procedure in self.procedures.items():
            lines += [f"### {procedure.title}\n", "| 步骤 | 怎么办 | 条款 |", "|---|---|---|"]
            for node in self.steps(key):
                if node.clauses or node.settles:
                    lines.append(f"| {label(node)} | {node.how} | {' '.join(node.clauses)} |")
            lines.append("")
        return lines


def walked(key: str) -> set[str]:
    """The elements of a procedure that its scenarios pass, taken together."""
    folder = PROCESSES / key
    roster = load_roster((folder / "scenarios" / ROSTER_FILE).read_bytes())
    passed: set[str] = set()
    for path in sorted((folder / "scenarios").glob("*.toml")):
        if path.name != ROSTER_FILE:
            scenario = load(path.read_bytes(), path.stem, roster)
            stage = Stage(folder, scenario)
            for step in scenario.steps:
                stage.play(step)
            passed.update(stage.rehearsal.trace)
    return passed


def label(node: Carrier) -> str:
    return node.label.replace("|", "｜")


def unknown(coverage: Coverage) -> list[str]:
    """Numbers that are cited and stand in no catalogue."""
    listed = [number for procedure in coverage.procedures.values() for number in procedure.clauses]
    parameters = [
        number
        for procedure in coverage.procedures.values()
        for parameter in procedure.parameters.values()
        for number in parameter.clause.split()
    ]
    return sorted({n for n in (*coverage.carried, *listed, *parameters) if not clause(n).text})


if __name__ == "__main__":
    PAGE.write_text(Coverage.read().page(), "utf-8")
