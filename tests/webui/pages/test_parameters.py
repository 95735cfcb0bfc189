"""办事标准: one form for all parameters of a procedure, for a township and for its villages."""

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from engine.operations import publish_procedure, set_parameters
from engine.people.tenures import appoint
from engine.redlines import PROCESSES
from engine.setting_up import read_files
from tests.webui.pages.browsing import enter, judge, served
from tests.webui.pages.conftest import Site
from tests.world import SINCE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

MORE = """
[parameters."到会比例"]
title = "开会要到的代表"
type = "fraction"
default = "2/3"
minimum = "2/3"
maximum = "1/1"
clause = "BB-5.1 FD-1"
note = "含本数。"

[parameters."公示时间"]
title = "公示的时间"
type = "duration"
default = "7d"
minimum = "7d"
clause = "FD-5"

[parameters."最少条数"]
title = "最少要有几条意见"
type = "integer"
unit = "条"
default = 5
minimum = 1
maximum = 100

[parameters."公开渠道"]
title = "公开的渠道"
type = "list"
default = ["村务公开栏", "微信群"]
"""


@pytest.fixture
def village(site: Site) -> Site:
    """With a procedure that has a parameter of every type."""
    folder = read_files(PROCESSES / "zhichu")
    publish_procedure(
        site.runtime, None, folder | {"procedure.toml": folder["procedure.toml"] + MORE.encode()}, "county"
    )
    return site


def path(site: Site, unit: str = "town") -> str:
    return f"/parameters/{site.world.units[unit]}/zhichu"


def typed(site: Site, name: str = "管得宽", unit: str = "town", **changes: Any) -> dict[str, Any]:
    """The form as a browser would post it back, with these fields typed over."""
    page = site.visitor(name).get(path(site, unit)).text
    form = page[page.index('class="parameters"') :]
    posted: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if found["name"] != "csrf_token":
            posted.setdefault(found["name"], []).append(html.unescape(found.get("value", "")))
    for select in re.findall(r"<select.*?</select>", form, re.S):
        name_of = re.search(r'name="([^"]*)"', select)[1]  # type: ignore[index]
        posted[name_of] = re.search(r'value="([^"]*)" selected', select)[1]  # type: ignore[index]
    return posted | {
        f"p.{key}" if key not in ("open", "seen") else key: value for key, value in changes.items()
    }


def save(site: Site, name: str = "管得宽", unit: str = "town", **changes: Any) -> Any:
    return site.visitor(name).post(path(site, unit), typed(site, name, unit, **changes))


def standards(site: Site, matter: str) -> str:
    """What a matter's page says under 适用的标准, as text."""
    page = site.visitor("报账").get(f"/matters/{matter}").text
    part = page[page.index("这件事适用的标准") :].split("</details>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


def test_every_type_comes_back_as_it_went_out(village: Site) -> None:
    """Saving the form untouched changes nothing, whatever the values."""
    answer = save(village)
    assert answer.status_code == 302
    assert "没有改动" in village.visitor("管得宽").get(answer.location).text


def test_a_township_changes_values_of_every_type(village: Site) -> None:
    before = village.filled()
    answer = save(
        village,
        大额标准="3，000.50",
        答复时限="5",
        **{"答复时限.unit": "d", "到会比例": "３", "到会比例.of": "4", "公示时间": "2", "公示时间.unit": "M"},
        最少条数="8",
        公开渠道="大喇叭、村务公开栏 微信群",
        第二人=["村委会副主任"],
        一肩挑须审核="否",
    )
    assert answer.status_code == 302, answer.text
    page = village.visitor("管得宽").get(answer.location).text
    assert "正在办的 1 件仍按开始时的办" in page
    after = standards(village, village.filled())
    for said in (
        "3,000.5 元 清溪镇",
        "5 天 清溪镇",
        "3/4 清溪镇",
        "2 个月 清溪镇",
        "8 条 清溪镇",
        "大喇叭、村务公开栏、微信群 清溪镇",
        "村委会副主任 清溪镇",
        "否 清溪镇",
        "5 个工作日 默认值",
    ):
        assert said in after, said
    assert "清溪镇" not in standards(village, before)


def test_bad_input_keeps_everything_that_was_typed(village: Site) -> None:
    answer = save(
        village,
        大额标准="很多",
        答复时限="99",
        登记时限="两",
        **{"到会比例": "1", "到会比例.of": "2", "公示时间": "3", "最少条数": "1.5"},
        公开渠道="大喇叭 大喇叭",
        第二人=[],
        open=["大额标准"],
    )
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert 'value="很多"' in page and 'value="99"' in page and 'value="两"' in page and 'value="1.5"' in page
    assert 'value="大喇叭 大喇叭"' in page
    for said in ("请填数字", "请填整数，再选", "请填整数"):
        assert said in page
    assert re.search(r'id="open-大额标准"[^>]* checked', page)
    assert not re.search(r'id="choice-第二人-1"[^>]* checked', page)
    again = save(
        village, 大额标准="400", 答复时限="99", **{"到会比例": "1", "到会比例.of": "2", "公示时间": "3"}
    )
    page = html.unescape(again.text)
    for said in ("不能小于 500 元", "不能大于 10 个工作日", "不能小于 2/3", "不能小于 7 天"):
        assert said in page
    assert "没有改动" not in page and 'value="400"' in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("大额标准", "nan", "请填数字"),
        ("大额标准", "1e99", "请填数字"),
        ("大额标准", "1000.001", "最多两位小数"),
        ("答复时限", "-3", "请填 0 到 9999 的整数"),
        ("答复时限.unit", "世纪", "写法不对"),
        ("到会比例.of", "0", "分母要大于 0"),
        ("到会比例", "9" * 400, "请填两个整数"),
        ("一肩挑须审核", "也许", "不在可选的"),
        ("第二人", ["皇帝"], "不在可选的"),
        ("公开渠道", "<script>alert(1)</script>" * 60, "最多 64 个字"),
        ("公开渠道", " ".join(map(str, range(60))), "最多 50 个"),
    ],
)
def test_what_no_browser_would_send(village: Site, field: str, value: Any, said: str) -> None:
    answer = save(village, **{field: value})
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert "<script>alert" not in answer.text


def test_a_village_sees_all_and_changes_what_is_open(village: Site) -> None:
    assert village.visitor("书记").get("/me").text.count("/parameters") == 1
    assert village.visitor("报账").get("/me").text.count("/parameters") == 0
    closed = village.visitor("书记").get(path(village, "village")).text
    assert "没有开放给村里改" in closed and 'type="submit">保存' not in closed
    assert save(village, open=["大额标准"], 答复时限="2").status_code == 302
    page = village.visitor("书记").get(path(village, "village")).text
    assert "p.大额标准" in page and "p.答复时限" not in page
    assert "由清溪镇统一定的" in page and "开放给" not in page
    assert save(village, "书记", "village", 大额标准="800").status_code == 302
    shown = standards(village, village.filled())
    assert "800 元 本村 2026-03-02 设定" in shown
    assert "2 个工作日 清溪镇 2026-03-02 设定" in shown


def test_a_county_leaves_everything_to_its_townships_until_it_does_not(village: Site) -> None:
    """What it closes, a township only sees, and cannot leave to its villages."""
    person, county = village.world.people["百姓"], village.world.units["county"]
    village.runtime.database.run(lambda c: appoint(c, person, "县管理员", county, SINCE))
    page = village.visitor("百姓").get(path(village, "county")).text
    assert page.count("开放给乡镇") == page.count('name="open"') + 1
    assert len(typed(village, "百姓", "county")["open"]) == page.count('name="open"')
    others = [name for name in typed(village, "百姓", "county")["open"] if name != "大额标准"]
    assert save(village, "百姓", "county", 大额标准="9000", open=others).status_code == 302
    page = village.visitor("管得宽").get(path(village)).text
    assert "由云岭县统一定的" in page and "p.大额标准" not in page and 'value="大额标准"' not in page
    assert "9,000 元 云岭县 2026-03-02 设定" in standards(village, village.filled())


def test_closed_while_a_village_was_typing(village: Site) -> None:
    """Nothing is saved, and the page says by whom it is decided now."""
    save(village, open=["大额标准", "答复时限"])
    form = typed(village, "书记", "village", 大额标准="800")
    save(village, open=["答复时限"])
    answer = village.visitor("书记").post(path(village, "village"), form | {"p.答复时限": "4"})
    assert answer.status_code == 422
    assert "刚刚改由清溪镇统一定，您填的没有保存" in answer.text and 'value="4"' in answer.text
    assert "5,000 元 默认值" in standards(village, village.filled())


def test_somebody_else_was_faster(village: Site) -> None:
    form = typed(village, 大额标准="800")
    set_parameters(village.runtime, village.world.people["管得宽"], "town", "zhichu", {"答复时限": "2wd"})
    answer = village.visitor("管得宽").post(path(village), form)
    assert answer.status_code == 409
    assert "刚刚有人改过" in answer.text and 'value="800"' in answer.text
    assert "现在：2 个工作日" in answer.text
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)[1]  # type: ignore[index]
    kept = {**form, "seen": seen, "p.答复时限": "2"}
    assert village.visitor("管得宽").post(path(village), kept).status_code == 302


def test_others_are_told_who_decides(village: Site) -> None:
    for name, unit in (("报账", "village"), ("管得宽", "village"), ("书记", "town"), ("管得宽", "county")):
        answer = village.visitor(name).get(path(village, unit))
        assert answer.status_code == 403 and "由本单位自己定" in answer.text
    assert village.visitor("管得宽").get("/parameters/999999/zhichu").status_code == 404
    assert (
        village.visitor("管得宽").get(f"/parameters/{village.world.units['town']}/nothing").status_code == 404
    )
    assert "您不用管这一项" in village.visitor("报账").get("/parameters").text


def test_the_matters_page_leads_to_the_form_of_ones_own_unit(village: Site) -> None:
    matter = village.filled()
    for name, unit in (("书记", "village"), ("管得宽", "town")):
        assert path(village, unit) in village.visitor(name).get(f"/matters/{matter}").text
    assert "/parameters/" not in village.visitor("报账").get(f"/matters/{matter}").text


# ---------------------------------------------------------------- in a browser


@pytest.fixture
def address(village: Site) -> Iterator[str]:
    with served(village.app) as found:
        yield found


@pytest.mark.timeout(120)
def test_the_pages_on_a_phone_and_a_desk(
    page: "Page", phone: "BrowserContext", village: Site, address: str
) -> None:
    matter = village.filled()
    save(village, open=["大额标准"], 答复时限="2")
    problems = []
    seen = {"管得宽": ["/parameters", path(village), "/admin"]}
    seen["书记"] = ["/parameters", path(village, "village"), "/me", f"/matters/{matter}"]
    for name, addresses in seen.items():
        phone.clear_cookies()
        enter(phone, village, address, name)
        for one in addresses:
            page.goto(address + one)
            page.evaluate(
                "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"
            )
            problems += judge(page, one)
    page.goto(address + path(village, "village"))
    page.locator('[name="p.大额标准"]').fill("一百")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("有几处要改一改")
    problems += judge(page, "a refused form")
    assert problems == []


def test_a_fraction_says_its_share_while_it_is_typed(
    page: "Page", phone: "BrowserContext", village: Site, address: str
) -> None:
    enter(phone, village, address, "管得宽")
    page.goto(address + path(village))
    share = page.locator("[data-fraction] output")
    expect(share).to_have_text("约 66.7%")
    page.get_by_label("开会要到的代表的分子").fill("3")
    page.get_by_label("开会要到的代表的分母").fill("4")
    expect(share).to_have_text("75%")
    page.get_by_label("开会要到的代表的分母").fill("2")
    expect(share).to_have_text("")
