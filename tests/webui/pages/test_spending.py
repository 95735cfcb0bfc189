"""A spending from the first form to the end, through the pages."""

from tests.webui.pages.conftest import Site, matter_of


def test_small_spending_runs_through(site: Site) -> None:
    task = site.start("修水渠")
    page = site.visitor("报账").get(f"/tasks/{task}")
    assert "填报支出" in page.text
    handed_in = site.visitor("报账").hand_in(task, site.spending(800))
    assert handed_in.status_code == 302, handed_in.text
    matter = matter_of(handed_in)
    after = site.visitor("报账").get(handed_in.location)
    assert "已提交" in after.text and "接下来" in after.text
    approve = site.task("主任")
    assert "800 元" in site.visitor("主任").get(f"/tasks/{approve}").text
    assert site.visitor("主任").hand_in(approve, {"结论": "同意"}).status_code == 302
    shown = site.visitor("报账").get(f"/matters/{matter}")
    assert shown.status_code == 200
    assert "登记支付" in shown.text
