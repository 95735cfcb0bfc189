"""What one handed in or was typing: taken back, refused, interrupted; never lost."""

from playwright.sync_api import expect

from tests.stories.county import County


def test_a_step_handed_in_by_mistake_is_taken_back(cast: County) -> None:
    reporter, director = cast("熊春生"), cast("谭秀英")
    reporter.starts("水泵修理", "640")
    reporter.taps_on("交错了，撤回")
    reporter.sees("已撤回，您可以改好再交。", "填报支出")
    expect(reporter.page.get_by_label("金额").first).to_have_value("640")
    reporter.types("金额", "460")
    reporter.taps_on("提交审批")
    reporter.sees("已提交", "460 元")

    director.answers("水泵修理", "同意")
    reporter.opens_matter("水泵修理")
    reporter.sees("已撤回", "撤回了上一步", "460 元")
    assert reporter.page.get_by_role("button", name="撤回我刚交的一步").count() == 0, (
        "somebody has acted on it"
    )


def test_what_the_server_refuses_comes_back_as_it_was_typed(cast: County) -> None:
    reporter, secretary = cast("熊春生"), cast("江玉成")
    reporter.opens("发起")
    reporter.types("是什么事", " ")
    reporter.taps_on("发起，接着填第一步")
    expect(reporter.page.get_by_label("是什么事")).to_have_attribute("aria-invalid", "true")

    reporter.starts("村道护栏", "9800")
    secretary.opens_task("村道护栏")
    secretary.gives("不同意")
    secretary.taps_on("提交")
    expect(secretary.page.locator(".fjs-has-errors").first).to_be_visible()
    expect(secretary.page.get_by_role("radio", name="不同意", exact=True)).to_be_checked()
    secretary.page.locator(".fjs-form textarea").fill("护栏去年刚换过，今年先不换。")
    secretary.taps_on("提交")
    secretary.sees("不予支出", "护栏去年刚换过，今年先不换。")


def test_a_session_that_runs_out_while_typing_costs_nothing(cast: County) -> None:
    reporter = cast("熊春生")
    reporter.opens("发起")
    reporter.types("是什么事", "打印纸")
    reporter.taps_on("发起，接着填第一步")
    reporter.fills_in("120", "云岭文具店")
    reporter.phone.clear_cookies()
    reporter.taps_on("提交审批")
    reporter.sees("登录", "填写的内容还在这台设备上")
    reporter.signs_in()
    reporter.sees("填报支出", "已恢复您上次没有提交的内容")
    expect(reporter.page.get_by_label("金额").first).to_have_value("120")
    expect(reporter.page.get_by_label("收款方").first).to_have_value("云岭文具店")
    reporter.sees("票据.jpg")
    reporter.taps_on("提交审批")
    reporter.sees("已提交", "云岭文具店")


def test_typing_goes_on_while_a_photo_is_on_its_way(cast: County) -> None:
    reporter = cast("熊春生")
    reporter.opens("发起")
    reporter.types("是什么事", "垃圾桶")
    reporter.taps_on("发起，接着填第一步")
    reporter.page.locator(".fjs-form").wait_for()
    reporter.page.get_by_label("收款方").first.focus()
    with reporter.page.expect_response("**/files"):
        reporter.photographs()
        reporter.page.keyboard.type("清溪五金店", delay=40)
    expect(reporter.page.get_by_label("收款方").first).to_have_value("清溪五金店")
