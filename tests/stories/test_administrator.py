"""The township's administrator: a vacancy, a reassignment, a matter that is late, a procedure that fails."""

from pathlib import Path

import httpx

from tests import procedures
from tests.procedures import Flow, Node
from tests.stories.county import County
from tests.stories.person import Person


def test_a_vacancy_is_mended_by_appointing(own_county: County) -> None:
    reporter, director, administrator = (own_county(n) for n in ("谭雪琴", "秦丽萍", "易松涛"))
    reporter.starts("白石井清洗", "900")
    director.answers("白石井清洗", "同意")
    director.sees("登记支付，由会计办理", "这个岗位现在没有人，已经提示管理员")

    administrator.opens("管理")
    administrator.sees("要您过问的")
    administrator.taps_on("无人在岗")
    administrator.sees("白石井清洗", "没有人担任：会计")
    administrator.taps_on("任命")
    administrator.page.get_by_label("谁").select_option(label="邓守田")  # 出纳: never 会计 as well
    administrator.taps_on("任命，今天起生效")
    administrator.sees("出纳")
    administrator.page.get_by_label("谁").select_option(label="陈光明")
    administrator.taps_on("任命，今天起生效")
    administrator.sees("已任命，马上生效。", "陈光明")
    administrator.opens("管理")
    administrator.taps_on("无人在岗")
    administrator.sees("该办的事都有人在岗。")

    accountant = own_county("陈光明")
    accountant.opens_task("白石井清洗")
    accountant.page.locator(".fjs-form").wait_for()
    accountant.sees("秦丽萍", "同意")


def claims(county: County, person: Person) -> None:
    """Through the API: a page does not ask the only holder of a post to sign first."""
    task = person.page.url.rsplit("/", 1)[-1]
    headers = {"Authorization": f"Bearer {county.token(person.name)}"}
    httpx.post(f"{county.url}/api/v1/tasks/{task}/claim", headers=headers).raise_for_status()


def test_a_late_matter_is_seen_and_given_to_another(own_county: County) -> None:
    reporter, director, administrator = (own_county(n) for n in ("熊春生", "谭秀英", "易松涛"))
    reporter.starts("村部门锁", "350")
    director.opens_task("村部门锁")
    claims(own_county, director)
    own_county.wait(days=5)

    administrator.opens("管理")
    administrator.taps_on("超期")
    administrator.sees("村部门锁", "谭秀英已签收", "已超期")
    administrator.taps_on("查看或改派", within="main .card:has-text('村部门锁')")
    administrator.taps_on("改派")
    administrator.sees("现在由谭秀英签收")
    administrator.types("理由", "谭秀英外出学习，退回岗位。")
    administrator.taps_on("改派")
    administrator.sees("已改派", "谭秀英外出学习，退回岗位。")
    director.opens("待办")
    director.taps_on("可签收")
    director.sees("村部门锁", "已超期")


def test_a_procedure_that_fails_reaches_the_administrator(own_county: County, tmp_path: Path) -> None:
    folder = tmp_path / "fenpei"
    for name, data in _dividing().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    own_county.server.cunyi("publish", str(folder), "--unit", "yunling")
    reporter, administrator = own_county("熊春生"), own_county("易松涛")
    reporter.opens("发起")
    reporter.taps_on("慰问金分配")
    reporter.types("是什么事", "春节慰问金")
    reporter.taps_on("发起，接着填第一步")
    reporter.page.locator(".fjs-form").wait_for()
    reporter.types("总额", "5000")
    reporter.types("户数", "0")
    reporter.taps_on("提交")
    reporter.sees("您填的没有问题，但流程走不下去", "已经通知管理员", "编号")

    administrator.opens("管理")
    administrator.taps_on("故障")
    administrator.sees("春节慰问金", "柳湾村", "编号")
    administrator.taps_on("知道了，请本人再办")
    administrator.sees("没有故障")

    reporter.opens_task("春节慰问金")
    reporter.sees("已恢复您上次没有提交的内容")
    reporter.types("户数", "20")
    reporter.taps_on("提交")
    reporter.sees("已提交", "办结")


def _dividing() -> dict[str, bytes]:
    """A procedure nobody thought through: it divides by a number somebody enters."""
    nodes = [
        Node("start", "startEvent", "开始", "报账员"),
        procedures.step("fill", "分配", "报账员", "fenpei"),
        Node("much", "exclusiveGateway", "每户多少", "报账员", default="small"),
        Node("big", "endEvent", "每户较多", "报账员"),
        Node("small", "endEvent", "每户较少", "报账员"),
    ]
    flows = [
        Flow("start", "fill"),
        Flow("fill", "much"),
        Flow("much", "big", "分配.总额 / 分配.户数 > 300"),
        Flow("much", "small"),
    ]
    forms = {"fenpei": procedures.form(procedures.number("总额"), procedures.number("户数"))}
    return procedures.folder("fenpei", "慰问金分配", nodes, flows, forms, "报账员")
