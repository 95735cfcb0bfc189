"""村财支出联合审批 (LB-8) as people live it: on a phone, each signing in as themselves."""

import re

from playwright.sync_api import expect

from tests.stories.county import County


def test_asked_back_once_then_approved_and_paid(cast: County) -> None:
    reporter, secretary, director, accountant = (cast(n) for n in ("熊春生", "江玉成", "谭秀英", "林金山"))
    reporter.starts("二组桥面维修", "8600")
    reporter.sees("接下来", "联合审批", "由村主干办理", "您的下一件待办")

    director.opens_task("二组桥面维修")
    director.sees("8,600 元", "清溪建材店", "票据.jpg", "谁要签", "村党组织书记", "还没有提交")
    director.gives("有疑问", "发票抬头写的是个人，请换成村委会的。")
    director.taps_on("提交")
    director.sees("已提交", "填报支出，由报账员办理")

    reporter.opens_task("二组桥面维修")
    reporter.sees("又回到这一步", "发票抬头写的是个人，请换成村委会的。")
    reporter.page.locator(".fjs-form").wait_for()
    assert reporter.page.get_by_label("金额").first.input_value() == "8600", (
        "what was filled in is still there"
    )
    reporter.types("说明", "已换成抬头为村委会的发票。")
    reporter.taps_on("提交审批")

    director.answers("二组桥面维修", "同意")
    director.sees("还要等其他人提交")
    reporter.opens_matter("二组桥面维修")
    reporter.sees("已签：村委会主任；还等：村党组织书记")
    joint = reporter.page.locator("[data-element-id=lianhe].djs-element")
    expect(joint).to_have_class(re.compile("present"))
    expect(joint).not_to_have_class(re.compile("passed"))  # once passed, and here again

    secretary.opens_task("二组桥面维修")
    secretary.sees("已换成抬头为村委会的发票。", "谭秀英", "同意")
    secretary.gives("同意")
    secretary.taps_on("提交")
    secretary.sees("登记支付，由会计办理")

    accountant.page.goto("/tasks?scope=mine")
    accountant.sees_no("二组桥面维修")  # it waits for whoever of the post signs for it
    accountant.page.goto("/tasks?scope=claimable")
    accountant.taps_on("二组桥面维修")
    accountant.page.locator(".fjs-form").wait_for()
    accountant.types("支付日期", "2026-03-02")
    accountant.page.keyboard.press("Escape")
    accountant.types("记账凭证号", "2026-03-018")
    accountant.taps_on("登记完成")
    accountant.sees("已提交", "已支付")

    reporter.opens_matter("二组桥面维修")
    reporter.sees(
        "已支付", "流程图", "每一步的结果", "经过", "有疑问", "江玉成", "谭秀英", "林金山", "政策依据"
    )
    assert reporter.page.locator(".djs-container").count() == 1


def test_refused_with_a_reason(cast: County) -> None:
    reporter, director = cast("熊春生"), cast("谭秀英")
    reporter.starts("办公室添置沙发", "3200")
    reporter.sees("主任审批，由村委会主任办理")
    director.answers("办公室添置沙发", "不同意", "现有的还能用，不再添置。")
    director.sees("办结", "不予支出")
    reporter.opens_matter("办公室添置沙发")
    reporter.sees("不予支出", "不同意", "现有的还能用，不再添置。")


def test_one_person_holds_both_posts(cast: County) -> None:
    reporter, both, deputy, watch = (cast(n) for n in ("周向阳", "罗大勇", "袁金凤", "尹翠兰"))
    reporter.starts("竹坪水渠清淤", "12000")
    both.opens_task("竹坪水渠清淤")
    both.sees("谁要签", "村党组织副书记", "等您提交")
    both.gives("同意")
    both.taps_on("提交")
    both.sees("还要等其他人提交")
    both.opens("待办")
    both.sees_no("竹坪水渠清淤")  # nobody signs twice
    deputy.answers("竹坪水渠清淤", "同意")
    deputy.sees("监督审核，由村务监督委员会主任办理")
    watch.answers("竹坪水渠清淤", "同意")
    watch.sees("登记支付，由会计办理")


def test_a_step_entered_on_behalf_and_confirmed(cast: County) -> None:
    reporter, clerk, director = cast("熊春生"), cast("林秀英"), cast("谭秀英")
    reporter.starts("文化广场音响", "1800")

    clerk.opens("待办")
    clerk.taps_on("代录")
    clerk.taps_on("文化广场音响")
    clerk.sees("代录：主任审批", "替谁录", "谭秀英", "1,800 元")
    clerk.gives("同意")
    clerk.taps_on("录入并提交")
    clerk.sees("纸质原件的照片")  # without it nothing is handed in, and what was chosen stays
    assert clerk.page.get_by_role("radio", name="同意", exact=True).is_checked()
    clerk.photographs("主任签字的批条.jpg")
    clerk.taps_on("录入并提交")
    clerk.sees("代录已提交", "同意")

    director.opens("我的")
    director.sees("替您代录的，请确认", "林秀英代录", "文化广场音响", "纸质原件", "主任签字的批条.jpg")
    director.taps_on("是我的意见，确认")
    director.sees("已确认")
    reporter.opens_matter("文化广场音响")
    reporter.sees("谭秀英（林秀英代录，本人已确认）", "主任签字的批条.jpg")
