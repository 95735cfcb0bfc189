"""Templates: the built-in ones are what their script writes; those of designers are judged before anybody prints."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from engine import operations
from engine.diagram import check_folder
from engine.documents.fields import PAPERS
from engine.documents.language import Environment, problems
from engine.documents.opening import MAX_BYTES
from engine.documents.template import BUILT_IN, built_in, faults, fill
from engine.refusal import Invalid
from tests.engine.documents.conftest import words
from tests.voting import procedure

RESOLUTION = "templates/决议.docx"


def changed(data: bytes, part: str = "word/document.xml", **replaced: str) -> bytes:
    """A Word file with a text of one of its parts replaced, or with more parts."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            text = before.read(name)
            if name == part:
                for old, new in replaced.items():
                    text = text.replace(old.encode(), new.encode())
            after.writestr(name, text)
    return kept.getvalue()


def saying(text: str) -> bytes:
    """The built-in resolution with one sentence exchanged."""
    return changed(built_in("决议"), **{"本决议按规定公示。": text})


def with_part(name: str, content: bytes) -> bytes:
    kept = io.BytesIO(built_in("决议"))
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return kept.getvalue()


def test_the_built_in_ones_are_what_the_script_writes():
    sys.path.insert(0, str(Path("tools").resolve()))
    try:
        from document_templates import DOCUMENTS, parts
    finally:
        sys.path.pop(0)
    assert DOCUMENTS.keys() == PAPERS.keys()
    for name, body in DOCUMENTS.items():
        with zipfile.ZipFile(BUILT_IN / f"{name}.docx") as file:
            found = {each: file.read(each).decode() for each in file.namelist()}
        assert found == parts(name, body()), f"run tools/document_templates.py for {name}"


@pytest.mark.parametrize("name", PAPERS)
def test_the_built_in_ones_have_no_faults(name):
    assert faults(f"templates/{name}.docx", built_in(name)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{会仪名称}}", "没有“会仪名称”这个字段"),
        ("{{通过的.议案}}", "“通过的”要先用 for 逐个取出"),
        ("{% for 人 in 单位 %}{% endfor %}", "“单位”不是一列内容"),
        ("{% for 案 in 通过的 %}{{案.票}}{% endfor %}", "“案”里没有“票”"),
        ("{% for 案 in 通过的 %}", "标记写错了"),
        ("{{单位", "标记写错了"),
        ("{{单位.__class__.__mro__}}", "“单位”里没有“__class__”"),
        ("{{单位['__class__']}}", "“单位”里没有“__class__”"),
        ("{{cycler.__init__.__globals__}}", "没有“cycler”这个字段"),
        ("{{range(10)}}", "不能用调用函数"),
        ("{% set x = 单位 %}", "不能用set 赋值"),
        ("{% macro m() %}{% endmacro %}", "不能用宏"),
        ("{{'a' * 1000000000}}", "不能用算式"),
        ("{{单位|upper}}", "不能用“|upper”"),
        ("{% include '/etc/passwd' %}", "不能用include"),
        ("{% for 甲 in 通过的 %}{% for 乙 in 通过的 %}{% endfor %}{% endfor %}", "要从外面那个里取"),
        ("{% for 甲, 乙 in 通过的 %}{% endfor %}", "for 请写成"),
        ("{% if 单位 is defined %}{% endif %}", "不能用is 判断"),
    ],
)
def test_what_a_template_may_not_say(text, said):
    found = faults(RESOLUTION, saying(text))
    assert len(found) == 1 and said in found[0]


def test_what_it_may_say():
    allowed = "{% if 通过的|length > 1 and 记录人 %}{{loop_ or 单位}}{% endif %}".replace("loop_ or ", "")
    assert faults(RESOLUTION, saying(allowed)) == []


def bomb() -> bytes:
    """Some kilobytes that unpack to two hundred million pixels."""
    kept = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "打不开"),
        (with_part("word/media/image1.png", bomb()), "图片太大"),
        (b"PK\x03\x04 not a zip", "打不开"),
        (b"x" * (MAX_BYTES + 1), "最大"),
        (with_part("word/vbaProject.bin", b"x"), "宏"),
        (with_part("word/embeddings/oleObject1.bin", b"x"), "嵌入"),
        (with_part("word/media/big.xml", b"<a>" + b" " * 31_000_000 + b"</a>"), "太多"),
        (with_part("word/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "DOCTYPE"),
        (with_part("word/x.xml", b"<a>"), "读不懂"),
        (
            with_part(
                "word/_rels/header1.xml.rels",
                b'<Relationships xmlns="x"><Relationship Id="r" Type="http://x/image" '
                b'Target="http://example.org/a.png" TargetMode="External"/></Relationships>',
            ),
            "引用外面文件",
        ),
    ],
)
def test_what_a_file_may_not_be(data, said):
    found = faults(RESOLUTION, data)
    assert len(found) == 1 and said in found[0]


def test_a_name_nobody_prints_is_said():
    assert "不认识的模板" in faults("templates/承诺书.docx", built_in("决议"))[0]
    assert "不认识的模板" in faults("templates/决议.doc", built_in("决议"))[0]


def test_what_slips_through_is_refused_when_it_is_filled_in():
    environment = Environment()
    for text in ("{{ 单位.__class__ }}", "{{ 单位.upper() }}", "{{ 没有 }}", "{{ 表.items }}"):
        with pytest.raises(Exception, match=r"undefined|has no attribute|not safely callable"):
            environment.from_string(text).render(单位="柳湾村", 表={"甲": 1})


def test_many_tags_are_too_many():
    assert "太多" in next(problems("{{单位}}" * 3000, PAPERS["决议"].fields))


def test_values_stay_text():
    context = dict.fromkeys(
        ("单位", "落款", "会议名称", "标题", "公示期", "落款日期"), "<w:p/>&{{单位}}\x00\x0b"
    )
    data = fill(
        built_in("公示"), context | {"正文": [{"文字": "“一”，\t二"}], "公示渠道": "", "办件编号": ""}
    )
    text = words(data)
    assert "<w:p/>&{{单位}}" in text and "“一”，" in text


# ---------------------------------------------------------------- publishing


def test_publishing_says_what_is_wrong_with_a_template(village):
    files = procedure() | {RESOLUTION: saying("{{会仪名称}}")}
    found = [finding for finding in check_folder(files) if finding.code == "bad-template"]
    assert [finding.file for finding in found] == [RESOLUTION]
    with pytest.raises(Invalid, match="会仪名称"):
        operations.publish_procedure(village.runtime, None, files, "county")


def test_a_procedures_own_template_takes_the_place_of_the_built_in_one(village):
    from engine.documents.fields import PAPERS
    from engine.documents.template import template_of

    own = saying("本决议自公布之日起执行。")
    assert template_of({RESOLUTION: own}, PAPERS["决议"]) == own
    operations.publish_procedure(
        village.runtime, None, procedure(announce="yes") | {RESOLUTION: own}, "county"
    )
    matter, task = village.hall.matter("修桥")
    village.convene(task, "2026-03-09T09:00")
    village.office.wait(days=7)
    village.hall.open(task, village.hall.voters, 监票人=[])
    village.hall.cast(task, yes=12)
    village.hall.act(task, "close", "主席")
    assert "本决议自公布之日起执行。" in village.text("决议", matter)
    assert "本决议自公布之日起执行。" not in village.text("决议"), "an earlier matter keeps its version"


def test_every_field_is_in_the_manual():
    from engine.documents.fields import Each

    manual = Path("docs/文书模板.md").read_text("utf-8")
    common = manual.split("### 每种文书都有的")[1].split("### 会议通知")[0]

    def names(fields):
        for name, about in fields.items():
            yield name
            yield from names(
                about.fields if isinstance(about, Each) else about if isinstance(about, dict) else {}
            )

    for paper in PAPERS.values():
        own = manual.split(f"### {paper.name}\n")[1].split("\n### ")[0]
        missing = [name for name in names(paper.fields) if f"`{name}`" not in own + common]
        assert not missing, f"docs/文书模板.md, {paper.name}"
