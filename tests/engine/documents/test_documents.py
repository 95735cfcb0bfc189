"""Documents say what happened, in the words of what happened, and only when it has."""

import io

import pypdf
import pytest

from engine import documents
from engine.documents.subject import numeral
from engine.refusal import Invalid, NotVisible
from tests.engine.documents.conftest import LAMPS, ROAD, Village


def names(village: Village, matter: str) -> list[str]:
    return [offer.name for offer in documents.offered(village.runtime, village.actor("主席"), matter)]


def test_what_can_be_printed_follows_what_has_happened(village):
    assert names(village, village.matter) == ["会议通知", "签到表", "会议记录", "表决票统计", "决议"]
    assert names(village, village.waiting) == ["会议通知", "签到表", "选票", "计票单"]


def test_the_notice_of_a_meeting(village):
    text = village.text("会议通知", village.waiting)
    assert "柳湾村关于召开村民代表会议的通知" in text
    assert "村民代表、村委会成员：" in text
    assert "定于2026年3月20日 09:00在村委会会议室召开村民代表会议。" in text
    assert "需要表决：选种子" in text and "需要表决：“两优 3218”<号>" in text
    assert "村务公开栏" in text and "2026年3月3日" in text


def test_before_the_meeting_the_sheet_has_room_to_sign(village):
    text = village.text("签到表", village.waiting)
    assert text.count("村民代表|") == 12 and "12|代表12|村民代表||" in text
    assert "到会" not in text.split("12|代表12")[1].splitlines()[0]


def test_after_the_meeting_it_says_who_came(village):
    lines = village.text("签到表").splitlines()
    assert "1|代表1|村民代表|到会|" in lines
    assert "12|代表12|村民代表|未到|" in lines
    assert any(line.startswith("13|") and "村委会成员|到会" in line for line in lines)


def test_minutes_are_derived(village):
    text = village.text("会议记录")
    assert "应到 12 人，实到 11 人；组成人员 14 人，到会 13 人（已开完）" in text
    assert "缺席人员|代表12" in text
    assert "早退人员" not in text, "what nobody did takes no line"
    assert f"1．{ROAD}：赞成 11 票，反对 0 票，弃权 0 票，通过。" in text
    assert f"2．{LAMPS}：赞成 3 票，反对 8 票，弃权 0 票，未通过。" in text
    assert "先修路，路灯明年再议。\n散会。" in text


def test_statistics_of_the_vote(village):
    text = village.text("表决票统计")
    assert f"1|{ROAD}|||||11|0|0|通过" in text
    assert f"2|{LAMPS}|||||3|8|0|未通过" in text
    assert "赞成 11 × 3 ≥ 到会 11 × 2" in text
    assert "代表1|1|第 1 项赞成；第 2 项赞成" in text
    assert "代表12" not in text, "who was not there has not voted"


def test_a_resolution_holds_what_was_resolved(village):
    text = village.text("决议")
    resolved, rest = text.split("下列议案没有通过：")
    assert f"一、{ROAD}" in resolved and LAMPS not in resolved
    assert LAMPS in rest and "（盖章）" in rest


def test_a_public_copy_masks_names_and_leaves_out_who_voted_how(village):
    made = village.text("表决票统计", public=True)
    assert "代表1|" not in made
    assert "主**" not in village.text("决议", public=True) and "由主*主持" in village.text(
        "决议", public=True
    )
    with pytest.raises(NotVisible):
        village.made("签到表", public=True)


def test_as_many_ballot_papers_as_are_entitled(village):
    text = village.text("选票", village.waiting)
    assert text.count("表　决　票") == 12
    assert text.count("□ 赞成　□ 反对　□ 弃权") == 24
    assert "“两优 3218”<号>" in text and "柳湾村村民代表会议" in text


def test_a_tally_sheet_has_the_nine_figures_to_fill_in(village):
    text = village.text("计票单", village.waiting)
    assert "应到|实到|发出|收回|有效|无效|赞成|反对|弃权" in text
    assert "12||||||||" in text, "who is entitled is known"
    assert "画“正”字" in text and "监票人：" in text


def test_nobody_sees_a_tally_before_the_end(village):
    for name in ("表决票统计", "决议"):
        with pytest.raises(Invalid, match="还没有结束"):
            village.made(name, village.waiting, task_id=village.next_task)


def test_who_may_not_see_the_matter_gets_no_document(village):
    with pytest.raises(NotVisible):
        village.made("决议", by="外村")
    with pytest.raises(NotVisible):
        documents.offered(village.runtime, village.actor("外村"), village.matter)
    with pytest.raises(NotVisible):
        village.made("决议", task_id=village.next_task)  # of another matter
    with pytest.raises(NotVisible):
        village.made("没有的")


def test_the_same_as_pdf(village):
    made = village.made("决议", form="pdf")
    assert made.media_type == "application/pdf" and made.name.endswith(" 决议.pdf")
    pages = pypdf.PdfReader(io.BytesIO(made.data)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert "柳湾村村民代表会议决议" in text and f"一、{ROAD}" in text
    assert "— 1 —" in text.replace("—1—", "— 1 —"), "pages are numbered"
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842], "A4"


def test_chinese_is_marked_as_chinese(village):
    import zipfile

    with zipfile.ZipFile(io.BytesIO(village.made("决议").data)) as file:
        assert 'w:eastAsia="zh-CN"' in file.read("word/styles.xml").decode()


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (100, "100")]
)
def test_numerals(number, said):
    assert numeral(number) == said
