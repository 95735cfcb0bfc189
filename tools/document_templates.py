"""Writes the built-in templates of documents (engine/documents/templates/*.docx).

    .venv/bin/python tools/document_templates.py

They are plain Word files that a designer may copy into a procedure's folder and change (docs/文书模板.md). Written by
this script so that all of them keep one look: A4, 仿宋三号, titles 二号, the language of East Asian text set, which
Word needs for Chinese punctuation to stand where it belongs.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent.parent / "engine" / "documents" / "templates"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WIDTH = 8844  # twentieths of a point between the margins of an A4 page

# ---------------------------------------------------------------- pieces


def p(text: str = "", style: str = "Normal") -> str:
    """A paragraph; `text` may hold tags of the template."""
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run}</w:p>'


def tag(text: str) -> str:
    """A paragraph that is nothing but a tag: it leaves no line behind."""
    return p(f"{{%p {text} %}}", "Small")


def each(what: str, *inside: str) -> str:
    return tag(f"for {what}") + "".join(inside) + tag("endfor")


def given(what: str, *inside: str, otherwise: Sequence[str] = ()) -> str:
    other = tag("else") + "".join(otherwise) if otherwise else ""
    return tag(f"if {what}") + "".join(inside) + other + tag("endif")


def cell(content: str, width: int, style: str = "Cell", span: int = 1) -> str:
    """A cell; `content` is a text, or paragraphs."""
    inside = content if content.startswith("<w:p>") else p(content, style)
    grid = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{grid}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, height: int = 0, head: bool = False) -> str:
    properties = "<w:cantSplit/>"
    properties += f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    properties += "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tag_row(text: str, columns: int) -> str:
    return row(cell(f"{{%tr {text} %}}", WIDTH, span=columns))


def table(widths: Sequence[int], *rows: str, border: str = "single", width: int = WIDTH) -> str:
    scaled = [each * width // sum(widths) for each in widths]
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in scaled)
    sides = "".join(
        f'<w:{side} w:val="{border}" w:sz="6" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties = (
        f'<w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{sides}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/>'
    )
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def listing(
    widths: Sequence[int], heads: Sequence[str], loop: str, cells: Sequence[str], height: int = 0
) -> str:
    """A table with a head, and a row for everything `loop` goes through."""
    columns = len(heads)
    scaled = [each * WIDTH // sum(widths) for each in widths]
    return table(
        widths,
        row(*(cell(text, w, "CellHead") for text, w in zip(heads, scaled, strict=True)), head=True),
        tag_row(f"for {loop}", columns),
        row(*(cell(text, w) for text, w in zip(cells, scaled, strict=True)), height=height),
        tag_row("endfor", columns),
    )


def facts(*pairs: tuple[str, ...]) -> str:
    """Names and values, a row each; with a field behind them, only where it says something."""
    rows = []
    for name, value, *only_if in pairs:
        line = row(cell(name, 1800, "CellHead"), cell(value, 7044, "CellLeft"))
        rows += [tag_row(f"if {only_if[0]}", 2), line, tag_row("endif", 2)] if only_if else [line]
    return table([1800, 7044], *rows)


def number() -> str:
    return p("编号：{{办件编号}}", "Number")


CAME = (
    "应到 {{应到}} 人，实到 {{实到}} 人"
    "{% if 组成人员 %}；组成人员 {{组成人员}} 人，到会 {{到会组成人员}} 人{% endif %}"
    "{% if 户数 %}；全部 {{户数}} 户，到会 {{到会户数}} 户{% endif %}"
)
ROOM = 6  # lines to write on by hand


def to_sign(who: str, name: str) -> str:
    """Who is known stands there in print; the rest is written by hand."""
    return p(f"{who}：{{{{{name}}}}}　（签字）＿＿＿＿＿＿＿＿", "Flush")


# ---------------------------------------------------------------- the documents


def notice_of_meeting() -> str:
    return "".join(
        (
            number(),
            p("{{单位}}关于召开{{会议名称}}的通知", "Title"),
            p("{{通知对象}}：", "Flush"),
            p("定于{{会议时间}}在{{会议地点}}召开{{会议名称}}。现将有关事项通知如下。"),
            p("一、会议议题", "Head"),
            each(
                "项 in 议题",
                p("{{loop.index}}．{{项.标题}}"),
                each("案 in 项.议案", p("需要表决：{{案.文字}}")),
            ),
            p("二、会议主持", "Head"),
            p("会议由{{主持人}}主持{% if 记录人 %}，{{记录人}}记录{% endif %}。"),
            p("三、有关要求", "Head"),
            p("请安排好时间，准时到会签到。确实不能到会的，请提前向主持人请假，说明原因。"),
            given("公开渠道", p("会议时间、地点和主要议题已在{{公开渠道}}公开。")),
            p(""),
            p("{{落款}}（盖章）", "Sign"),
            p("召集人：{{主持人}}", "Sign"),
            p("{{通知日期}}", "Sign"),
        )
    )


def attendance() -> str:
    people = listing(
        (7, 19, 31, 16, 27),
        ("序号", "姓名", "身份", "到会", "签名"),
        "人 in 名单",
        ("{{人.序号}}", "{{人.姓名}}", "{{人.身份}}", "{{人.到会}}", "{{人.签名}}"),
        height=560,
    )
    by_household = listing(
        (7, 17, 25, 10, 14, 27),
        ("序号", "姓名", "身份", "户数", "到会", "签名"),
        "人 in 名单",
        ("{{人.序号}}", "{{人.姓名}}", "{{人.身份}}", "{{人.代表户数}}", "{{人.到会}}", "{{人.签名}}"),
        height=560,
    )
    return "".join(
        (
            number(),
            p("{{单位}}{{会议名称}}签到表", "Title"),
            p("时间：{{会议时间}}　　地点：{{会议地点}}", "Small"),
            p(
                "主持人：{{主持人}}　　应到：{{应到}} 人　　"
                "实到：{% if 实到 %}{{实到}} 人{% else %}＿＿＿＿ 人{% endif %}",
                "Small",
            ),
            given("按户", by_household, otherwise=(people,)),
            given("邀请人员", p("列席人员：{{邀请人员}}", "Small")),
        )
    )


def minutes() -> str:
    signatures = listing(
        (20, 16, 34, 30),
        ("姓名", "身份", "签名", "日期"),
        "签 in 签字",
        ("{{签.姓名}}", "{{签.身份}}", "{{签.签名}}{{签.有效}}", "{{签.日期}}"),
        height=620,
    )
    return "".join(
        (
            number(),
            p("{{单位}}{{会议名称}}记录", "Title"),
            facts(
                ("会议时间", "{{会议时间}}{% if 结束时间 %} 至 {{结束时间}}{% endif %}"),
                ("会议地点", "{{会议地点}}"),
                ("主持人", "{{主持人}}"),
                ("记录人", "{{记录人}}", "记录人"),
                (
                    "到会情况",
                    f"{CAME}（{{{{会议状态}}}}）",
                ),
                ("出席人员", "{{出席}}"),
                ("请假人员", "{{请假}}", "请假"),
                ("缺席人员", "{{缺席}}", "缺席"),
                ("早退人员", "{{早退}}", "早退"),
                ("列席人员", "{{邀请人员}}", "邀请人员"),
            ),
            p("一、议题和结果", "Head"),
            each(
                "项 in 议题",
                p("（{{项.序号}}）{{项.标题}}{% if 项.结果 %}——{{项.结果}}{% endif %}"),
                each(
                    "案 in 项.议案",
                    p(
                        "{{案.号}}．{{案.议案}}{% if 案.轮次 %}（{{案.轮次}}）{% endif %}：{{案.记录}}，{{案.结果}}。"
                    ),
                ),
                given(
                    "项.方式",
                    p(
                        "表决方式：{{项.方式}}。{% if 项.计票人 %}计票人：{{项.计票人}}。{% endif %}"
                        "{% if 项.监票人 %}监票人：{{项.监票人}}。{% endif %}"
                    ),
                ),
            ),
            p("二、会议记录", "Head"),
            each("段 in 记录", p("{{段.文字}}")),
            given("not 记录", *(p("") for _ in range(ROOM))),
            p("三、签字", "Head"),
            given(
                "签字",
                signatures,
                otherwise=(p("主持人（签字）："), p("记录人（签字）："), p("与会人员（签字）：")),
            ),
        )
    )


PAPERS, CHOICES = ("发出", "收回", "有效", "无效"), ("赞成", "反对", "弃权")


def statistics() -> str:
    def turns(what: str, figures: Sequence[str], width: int) -> str:
        return listing(
            (6, 34, *(width for _ in figures), 12),
            ("序号", what, *figures, "结果"),
            "案 in 议案",
            (
                "{{案.号}}",
                "{{案.议案}}{% if 案.轮次 %}（{{案.轮次}}）{% endif %}",
                *(f"{{{{案.{name}}}}}" for name in figures),
                "{{案.结果}}",
            ),
        )

    candidates = listing(
        (50, 25, 25),
        ("候选人", "得票", "结果"),
        "人 in 案.候选人",
        ("{{人.姓名}}", "{{人.得票}}", "{{人.当选}}"),
    )
    voters = listing(
        (30, 15, 55),
        ("姓名", "票数", "意见"),
        "人 in 投票人",
        ("{{人.姓名}}", "{{人.票数}}", "{{人.意见}}"),
    )
    return "".join(
        (
            number(),
            p("{{单位}}{{会议名称}}表决票统计", "Title"),
            facts(
                ("办件", "{{办件标题}}"),
                ("会议", "{{会议时间}}　{{会议地点}}"),
                (
                    "到会情况",
                    CAME,
                ),
                ("表决方式", "{{方式}}"),
                ("结论", "{{结论}}"),
            ),
            given(
                "选举",
                p("各轮的选票", "Head"),
                turns("选举", PAPERS, 9),
                otherwise=(p("逐项结果", "Head"), turns("议案", (*PAPERS, *CHOICES), 6)),
            ),
            each(
                "案 in 议案",
                given("案.候选人", p("{{案.议案}}（应选 {{案.应选}} 人）{{案.轮次}}", "Head"), candidates),
            ),
            given("依据", p("计算", "Head"), each("行 in 依据", p("{{行.文字}}"))),
            given("投票人", p("每人怎样投的", "Head"), voters),
            p(""),
            to_sign("计票人", "计票人"),
            to_sign("监票人", "监票人"),
            p("{{会议日期}}", "Sign"),
        )
    )


def resolution() -> str:
    signatures = listing(
        (30, 30, 40),
        ("姓名", "身份", "签名"),
        "签 in 签字",
        ("{{签.姓名}}", "{{签.身份}}", "{{签.签名}}{{签.有效}}"),
        height=620,
    )
    return "".join(
        (
            number(),
            p("{{单位}}{{会议名称}}决议", "Title"),
            p("（{{会议日期}}通过）", "Sub"),
            p(
                "{{会议日期}}，{{单位}}在{{会议地点}}召开{{会议名称}}，就“{{办件标题}}”进行"
                f"{{% if 选举 %}}差额选举{{% else %}}表决{{% endif %}}。会议{CAME}，"
                "符合规定的人数。会议由{{主持人}}主持{% if 记录人 %}，{{记录人}}记录{% endif %}，"
                "以{{方式}}的方式{% if 选举 %}选举，结果{% else %}逐项表决，形成{% endif %}如下"
                "{% if not 选举 %}决议{% endif %}："
            ),
            given(
                "选举",
                p("{{当选人}}当选。", "Head"),
                each("案 in 通过的", p("{% if 案.轮次 %}{{案.轮次}}：{% endif %}{{案.记录}}。")),
                otherwise=(
                    each(
                        "案 in 通过的",
                        p("{{案.序号}}、{{案.议案}}", "Head"),
                        p("（{{案.记录}}，{{案.结果}}。）"),
                    ),
                ),
            ),
            given(
                "未通过的",
                p("下列议案没有通过：", "Normal"),
                each("案 in 未通过的", p("{{案.议案}}（{{案.记录}}）")),
            ),
            given(
                "依据 and not 选举",
                p("表决结果按下列办法计算：{% for 行 in 依据 %}（{{行.文字}}）{% endfor %}"),
            ),
            p("本决议按规定公示。"),
            p(""),
            given(
                "签字",
                p("会议人员签字：", "Flush"),
                signatures,
                otherwise=(p("会议人员签字：", "Flush"), p(""), p("")),
            ),
            p(""),
            p("{{落款}}（盖章）", "Sign"),
            p("{{会议日期}}", "Sign"),
        )
    )


def public_notice() -> str:
    return "".join(
        (
            number(),
            p("公　　示", "Title"),
            each("段 in 正文", p("{{段.文字}}")),
            given("公示期", p("公示期：{{公示期}}。")),
            given("公示渠道", p("公示地点和渠道：{{公示渠道}}。")),
            p("公示期间，对以上内容有意见或者异议的，请向{{单位}}反映；有异议的，将逐条答复。"),
            p(""),
            p("{{落款}}（盖章）", "Sign"),
            p("{{落款日期}}", "Sign"),
        )
    )


def _ticket(side: str) -> str:
    motion = given(
        "not 案.候选人",
        p(f"{{% if 排.{side}.议案|length > 1 %}}{{{{案.号}}}}．{{% endif %}}{{{{案.议案}}}}", "Ballot"),
        p("□ 赞成　□ 反对　□ 弃权", "BallotBox"),
    )
    election = given(
        "案.候选人",
        p("{{案.议案}}{% if 案.轮次 %}（{{案.轮次}}）{% endif %}：最多选 {{案.应选}} 人，多选无效", "Ballot"),
        each("人 in 案.候选人", p("□ {{人.姓名}}", "BallotBox")),
    )
    return "".join(
        (
            tag(f"if 排.{side}.会议"),
            p(f"{{{{排.{side}.会议}}}}", "BallotTitle"),
            p("{% if 选举 %}选　　票{% else %}表　决　票{% endif %}", "BallotTitle"),
            tag(f"for 案 in 排.{side}.议案"),
            motion,
            election,
            tag("endfor"),
            p(f"{{{{排.{side}.说明}}}}", "BallotNote"),
            p(f"{{{{排.{side}.日期}}}}", "BallotNote"),
            tag("endif"),
            p("", "BallotNote"),
        )
    )


def ballot_papers() -> str:
    """Cut along the dashed lines: two in a row where four fit on a page, else one."""
    half = WIDTH // 2
    two = row(cell(_ticket("左"), half), cell(_ticket("右"), half), height=6700)
    two_rows = row(cell(_ticket("左"), WIDTH, span=2), height=6700)
    whole = row(cell(_ticket("左"), WIDTH, span=2), height=13400)
    return table(
        [1, 1],
        tag_row("for 排 in 各排", 2),
        tag_row("if 每页 == 4", 2),
        two,
        tag_row("endif", 2),
        tag_row("if 每页 == 2", 2),
        two_rows,
        tag_row("endif", 2),
        tag_row("if 每页 == 1", 2),
        whole,
        tag_row("endif", 2),
        tag_row("endfor", 2),
        border="dashed",
    )


def tally_sheet() -> str:
    count = table(
        [30, 50, 20],
        row(
            cell("项目", 2653, "CellHead"), cell("画“正”字", 4422, "CellHead"), cell("票数", 1769, "CellHead")
        ),
        *(
            row(cell(name, 2653), cell("", 4422), cell("", 1769), height=760)
            for name in ("赞成", "反对", "弃权", "无效")
        ),
    )

    def papers(*more: str) -> str:
        names = ("应到", "实到", *PAPERS, *more)
        width = WIDTH // len(names)
        known = (cell("{{应到}}", width), cell("{{实到}}", width))
        return table(
            [1] * len(names),
            row(*(cell(name, width, "CellHead") for name in names)),
            row(*known, *(cell("", width) for _ in names[2:]), height=700),
        )

    election = listing(
        (30, 50, 20),
        ("候选人", "画“正”字", "票数"),
        "人 in 案.候选人",
        ("{{人.姓名}}", "", ""),
        height=760,
    )
    return "".join(
        (
            number(),
            p("{{单位}}{{会议名称}}计票单", "Title"),
            p("时间：{{会议时间}}　　地点：{{会议地点}}", "Small"),
            each(
                "案 in 议案",
                p(
                    "{% if 选举 %}{{案.议案}}{% if 案.轮次 %}，{{案.轮次}}{% endif %}（应选 {{案.应选}} 人）"
                    "{% else %}第 {{案.号}} 项：{{案.议案}}{% endif %}",
                    "Flush",
                ),
                given(
                    "案.候选人",
                    election,
                    p("", "Small"),
                    papers(),
                    otherwise=(count, p("", "Small"), papers(*CHOICES)),
                ),
                p("", "Small"),
            ),
            p(
                "核对：有效＋无效＝收回；{% if 选举 %}每个人的票数不多于有效票；"
                "{% else %}赞成＋反对＋弃权＝有效；{% endif %}收回不得多于发出，多了作废重投。",
                "Small",
            ),
            p(""),
            to_sign("计票人", "计票人"),
            p("", "Small"),
            to_sign("监票人", "监票人"),
            p("年　　月　　日", "Sign"),
        )
    )


DOCUMENTS = {
    "会议通知": notice_of_meeting,
    "签到表": attendance,
    "会议记录": minutes,
    "表决票统计": statistics,
    "决议": resolution,
    "公示": public_notice,
    "选票": ballot_papers,
    "计票单": tally_sheet,
}

# ---------------------------------------------------------------- the file around them

FANGSONG, HEITI, KAITI, SONG = "仿宋", "黑体", "楷体", "方正小标宋简体"


def _style(
    key: str,
    name: str,
    font: str,
    size: float,
    *,
    align: str = "both",
    line: int = 0,
    first: int = 0,
    left: int = 0,
    right: int = 0,
    before: int = 0,
    after: int = 0,
    bold: bool = False,
    stays: bool = False,
) -> str:
    """`size`, `line`, `before`, `after` in points; `first`, `left` and `right`: indents in characters. What `stays` is
    never on another page than what follows.
    """
    spacing = f'<w:spacing w:before="{before * 20}" w:after="{after * 20}" '
    spacing += f'w:line="{line * 20}" w:lineRule="exact"/>' if line else 'w:line="288" w:lineRule="auto"/>'
    indent = f'<w:ind w:firstLineChars="{first * 100}" w:firstLine="{int(first * size * 20)}"'
    indent += f' w:leftChars="{left * 100}" w:left="{int(left * size * 20)}"'
    indent += f' w:rightChars="{right * 100}" w:right="{int(right * size * 20)}"/>'
    fonts = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
    weight = "<w:b/>" if bold else ""
    half = int(size * 2)
    default, based = (' w:default="1"', "") if key == "Normal" else ("", '<w:basedOn w:val="Normal"/>')
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{key}"><w:name w:val="{name}"/>{based}'
        f"<w:pPr>{'<w:keepNext/>' if stays else ''}"
        f'{spacing}{indent}<w:jc w:val="{align}"/></w:pPr>'
        f'<w:rPr>{fonts}{weight}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
    )


def styles() -> str:
    language = '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    defaults = f"<w:docDefaults><w:rPrDefault><w:rPr>{language}</w:rPr></w:rPrDefault></w:docDefaults>"
    every = (
        _style("Normal", "Normal", FANGSONG, 16, line=28, first=2),
        _style("Title", "Title", SONG, 22, align="center", line=34, before=6, after=16),
        _style("Sub", "副题", KAITI, 16, align="center", line=28, after=10),
        _style("Head", "小标题", HEITI, 16, line=28, first=2, stays=True),
        _style("Flush", "顶格", FANGSONG, 16, line=28),
        _style("Sign", "落款", FANGSONG, 16, align="right", line=28, right=2, stays=True),
        _style("Number", "编号", FANGSONG, 12, align="right", line=20),
        _style("Small", "小字", FANGSONG, 12, align="left", line=20),
        _style("Cell", "表格", FANGSONG, 12, align="center"),
        _style("CellLeft", "表格左", FANGSONG, 12, align="left"),
        _style("CellHead", "表头", HEITI, 12, align="center"),
        _style("BallotTitle", "票头", HEITI, 17, align="center", after=4),
        _style("Ballot", "票面", FANGSONG, 15, align="left", left=1, right=1, before=8),
        _style("BallotBox", "票格", FANGSONG, 16, align="center", before=6),
        _style("BallotNote", "票注", FANGSONG, 10, align="center", left=1, right=1, before=6),
    )
    return f'{HEAD}<w:styles xmlns:w="{W}">{defaults}{"".join(every)}</w:styles>'


def footer(text: bool) -> str:
    """— 1 —, in the middle."""

    def field(code: str) -> str:
        return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'

    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    inside = dash.format("— ") + field("PAGE") + dash.format(" —") if text else ""
    properties = '<w:pPr><w:pStyle w:val="Small"/><w:jc w:val="center"/></w:pPr>'
    return f'{HEAD}<w:ftr xmlns:w="{W}"><w:p>{properties}{inside}</w:p></w:ftr>'


def header(text: str) -> str:
    properties = '<w:pPr><w:pStyle w:val="BallotNote"/></w:pPr>'
    inside = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f'{HEAD}<w:hdr xmlns:w="{W}"><w:p>{properties}{inside}</w:p></w:hdr>'


BALLOT_HEADER = "{{办件编号}}　共 {{份数}} 张，每页 {{每页}} 张，沿虚线剪开"


def document(name: str, body: str) -> str:
    ballot = name == "选票"
    sides = (567, 850, 567, 850) if ballot else (2098, 1531, 1985, 1531)
    top, right, bottom, left = sides
    margins = f'w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}"'
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:footerReference w:type="default" r:id="rId3"/>'
        f'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar {margins} w:header="400" w:gutter="0"'
        f' w:footer="{400 if ballot else 1400}"/>'
        "</w:sectPr>"
    )
    last = p("", "BallotNote") if ballot else ""  # Word wants a paragraph after a table
    return (
        f'{HEAD}<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}{last}{section}</w:body></w:document>'
    )


_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="{0}.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="{0}.styles+xml"/>'
    '<Override PartName="/word/header1.xml" ContentType="{0}.header+xml"/>'
    '<Override PartName="/word/footer1.xml" ContentType="{0}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
).format(_KIND)


def _relations(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    schema = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{schema}">{rows}</Relationships>'


def _core(name: str) -> str:
    package = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{package}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{name}</dc:title><dc:language>zh-CN</dc:language></cp:coreProperties>"
    )


def parts(name: str, body: str) -> Mapping[str, str]:
    """The files of one template."""
    ballot = name == "选票"
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": _relations((f"{R}/officeDocument", "word/document.xml"), (core, "docProps/core.xml")),
        "word/document.xml": document(name, body),
        "word/_rels/document.xml.rels": _relations(
            (f"{R}/styles", "styles.xml"), (f"{R}/header", "header1.xml"), (f"{R}/footer", "footer1.xml")
        ),
        "word/styles.xml": styles(),
        "word/header1.xml": header(BALLOT_HEADER if ballot else ""),
        "word/footer1.xml": footer(not ballot),
        "docProps/core.xml": _core(name),
    }


def written(files: Mapping[str, str]) -> bytes:
    """The same bytes every time."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def templates() -> Iterable[tuple[str, bytes]]:
    for name, body in DOCUMENTS.items():
        yield name, written(parts(name, body()))


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in templates():
        (FOLDER / f"{name}.docx").write_bytes(data)
        print(f"{name}.docx {len(data)}")


if __name__ == "__main__":
    main()
