"""Posts, registers, duties and derived groups (procedures.md §10), and which go together: all of it data."""

from pathlib import Path

import pytest

from engine.people.designations import Designations, Sort, designations
from engine.redlines import PROCESSES

NAMED_IN_SECTION_10 = {
    Sort.POST: "村党组织书记 村委会主任 村务监督委员会主任 文书 报账员 会计 代办员 屋场长 记录员 村代会主席 "
    "理事会会长 "
    "镇党委书记 镇长 组织委员 纪委 党政办 民情处理站 考核办 经管站 包村干部 责任单位 "
    "县委组织部 民政局 农业农村局 督查室 民情处理中心 流程设计员",
    Sort.REGISTER: "村民代表 正式党员 预备党员 户代表 老干部老党员 党代表 人大代表 政协委员 志愿者 村民",
    Sort.DUTY: "主持人 记录人 总监票人 监票人 计票人 唱票人 论证专家 督查代表 责任人",
    Sort.DERIVED: "村两委 村主干 支委会",
}


@pytest.mark.parametrize("kind", Sort)
def test_everything_section_10_names_is_known(kind: Sort) -> None:
    known = designations()
    for name in NAMED_IN_SECTION_10[kind].split():
        assert known[name].kind is kind, name


def test_both_committees_are_the_union_of_the_two() -> None:
    known = designations()
    assert known["村两委"].leaves == known["支委会"].leaves | known["村委会成员"].leaves
    assert known.groups("村党组织副书记") == {"支委会", "村两委"}
    assert known.groups("会计") == frozenset()


def test_unknown_names() -> None:
    assert designations().get("不存在") is None
    with pytest.raises(KeyError):
        designations()["不存在"]


@pytest.mark.parametrize(
    ("held", "wanted", "scope"),
    [
        ("村务监督委员会主任", "村委会副主任", "单位"),
        ("村务监督委员会委员", "会计", "单位"),
        ("报账员", "村务监督委员会主任", "单位"),
        ("文书", "村务监督委员会委员", "单位"),
        ("会计", "出纳", "单位"),
        ("出纳", "会计", "单位"),
        ("报账员", "村党组织书记", "单位"),
        ("村委会主任", "报账员", "单位"),
        ("计票人", "监票人", "事项"),
        ("候选人", "总监票人", "事项"),
        ("承办人", "计票人", "事项"),
        ("督查代表", "责任人", "事项"),
    ],
)
def test_what_nobody_may_hold_together(held: str, wanted: str, scope: str) -> None:
    clashes = designations().conflicts([held], wanted, scope)
    assert any(clash.rule.forbidden for clash in clashes)
    assert clashes[0].rule.reason


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("村党组织书记", "村委会主任"),
        ("村党组织书记", "集体经济组织负责人"),
        ("支委", "村委会委员"),
        ("文书", "代办员"),
        ("屋场长", "党小组长"),
        ("村民代表", "会计"),
    ],
)
def test_what_is_held_together_everywhere(held: str, wanted: str) -> None:
    assert designations().conflicts([held], wanted) == []


@pytest.mark.parametrize(("held", "wanted"), [("村代会主席", "村委会主任"), ("记录员", "屋场长")])
def test_what_is_better_not_held_together(held: str, wanted: str) -> None:
    (clash,) = designations().conflicts([held], wanted)
    assert not clash.rule.forbidden


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["甲"]\nkind = "职业"\nlevel = "村"', "kind 只能写"),
        ('["甲"]\nkind = "岗位"\nlevel = "片"', "level 要写"),
        ('["甲"]\nkind = "岗位"', "level 要写"),
        ('["甲"]\nkind = "会次职务"\nlevel = "村"', "会次职务不写"),
        ('["甲"]\nkind = "派生"\nlevel = "村"', "要写 members"),
        ('["甲"]\nkind = "派生"\nlevel = "村"\nmembers = ["乙"]', "乙 没有写"),
        ('["甲"]\nkind = "派生"\nlevel = "村"\nmembers = ["甲"]', "回到了自己"),
        ('["甲"]\nkind = "岗位"\nlevel = "村"\nlvl = 1', "不认识 lvl"),
    ],
)
def test_mistakes_in_the_file_name_the_entry(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "posts.toml").write_text(text, "utf-8")
    (tmp_path / "redlines.toml").write_text((PROCESSES / "redlines.toml").read_text("utf-8"), "utf-8")
    with pytest.raises(ValueError, match=f"甲.*{message}"):
        Designations.load(tmp_path)


def test_a_red_line_about_an_unknown_post_is_refused(tmp_path: Path) -> None:
    posts = (PROCESSES / "posts.toml").read_text("utf-8").replace('["出纳"]', '["出纳员"]')
    (tmp_path / "posts.toml").write_text(posts, "utf-8")
    (tmp_path / "redlines.toml").write_text((PROCESSES / "redlines.toml").read_text("utf-8"), "utf-8")
    with pytest.raises(ValueError, match="出纳"):
        Designations.load(tmp_path)
