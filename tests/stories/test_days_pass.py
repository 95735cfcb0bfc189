"""Three working days without an answer remind; then the township is asked to urge, and urging ends with the answer."""

import re
import time

from tests.stories.county import County
from tests.stories.person import Person


def test_no_answer_reminds_and_then_reaches_the_township(own_county: County) -> None:
    reporter, director, township = (own_county(n) for n in ("熊春生", "谭秀英", "白家旺"))
    reporter.starts("排水沟盖板", "2600")
    director.opens("待办")
    director.taps_on("可签收")
    director.sees("排水沟盖板", "还剩3天")

    own_county.wait(days=4)  # Friday: Thursday was the third working day
    reporter.opens_matter("排水沟盖板")
    _until(reporter, "到期提醒")
    reporter.sees("已超期10小时")
    director.opens("待办")
    director.taps_on("到期")
    director.sees("排水沟盖板", "已超期")
    township.opens("待办")
    township.sees_no("排水沟盖板")

    own_county.wait(days=4, hours=1)  # the next Tuesday: the sixth working day since it was handed in
    township.opens("待办")
    _until(township, "排水沟盖板")
    township.opens_task("排水沟盖板")
    township.sees("督促答复", "柳湾村")
    township.page.locator(".fjs-form").wait_for()
    township.chooses("打电话")
    township.taps_on("提交|督促|登记|完成")
    township.sees("已提交", "主任审批，由村委会主任办理")

    director.answers("排水沟盖板", "同意")
    director.sees("登记支付，由会计办理")
    director.sees_no("督促答复，由")
    reporter.opens_matter("排水沟盖板")
    reporter.sees("督促答复", "白家旺", "打电话")


def _until(person: Person, text: str) -> None:
    """The clock's work is done within seconds; whoever looks again sees it."""
    deadline = time.monotonic() + 20
    while not re.search(text, person.page.locator("main").inner_text()):
        assert time.monotonic() < deadline, f"{person.name} never saw {text}"
        person.page.wait_for_timeout(500)
        person.page.reload()
