"""管理: people and posts, and what an administrator steps in for."""

import re

from engine.operations.incidents import report
from tests.webui.pages.conftest import Site


def unit_page(site: Site, unit: str = "village") -> str:
    return site.visitor("管得宽").get(f"/admin/units/{site.world.units[unit]}").text


def appoint(site: Site, person: str, post: str, unit: str = "village"):  # type: ignore[no-untyped-def]
    path = f"/admin/units/{site.world.units[unit]}/appoint"
    return site.visitor("管得宽").post(path, {"person": str(site.world.people[person]), "post": post})


def dismiss(site: Site, person: str, post: str, unit: str = "village"):  # type: ignore[no-untyped-def]
    path = f"/admin/units/{site.world.units[unit]}/dismiss"
    return site.visitor("管得宽").post(path, {"person": str(site.world.people[person]), "post": post})


def test_the_tree_shows_what_one_looks_after(site: Site) -> None:
    page = site.visitor("管得宽").get("/admin").text
    assert "清溪镇" in page and "柳湾村" in page and "云岭县" not in page


def test_a_new_post_counts_at_once_and_its_end_too(site: Site) -> None:
    site.filled()
    task = site.task("主任")
    assert dismiss(site, "主任", "村委会主任").status_code == 302
    assert site.visitor("主任").hand_in(task, {"结论": "同意"}).status_code in (403, 404)
    assert "没有人担任：村委会主任" in site.visitor("管得宽").get("/admin/trouble?scope=vacant").text
    assert appoint(site, "百姓", "村委会主任").status_code == 302
    assert "该办的事都有人在岗" in site.visitor("管得宽").get("/admin/trouble?scope=vacant").text
    assert site.visitor("百姓").hand_in(task, {"结论": "同意"}).status_code == 302
    assert "以前的" in unit_page(site)


def test_posts_that_do_not_go_together_are_refused_by_name(site: Site) -> None:
    answer = appoint(site, "会计", "出纳")
    assert answer.status_code == 422
    assert "会计" in answer.text and "出纳" in answer.text
    assert re.search(r"<option selected>\s*出纳|<option selected>出纳", answer.text)
    assert f'value="{site.world.people["会计"]}" selected' in answer.text


def test_losing_the_post_gives_back_what_was_signed_for(site: Site) -> None:
    site.filled()
    task = site.task("主任")
    site.visitor("主任").post(f"/tasks/{task}/claim")
    dismiss(site, "主任", "村委会主任")
    appoint(site, "百姓", "村委会主任")
    assert f"/tasks/{task}" in site.visitor("百姓").get("/tasks?scope=claimable").text


def test_reassigning_to_a_colleague(site: Site) -> None:
    site.start()
    boss = site.visitor("管得宽")
    matter = re.search(r"/matters/([0-9a-f]{32})", boss.get("/matters").text)[1]  # type: ignore[index]
    task = re.search(r"/tasks/([0-9a-f]+)", boss.get(f"/matters/{matter}").text)[1]  # type: ignore[index]
    assert "改派" in boss.get(f"/tasks/{task}").text
    colleague = str(site.world.people["老报"])
    bare = boss.post(f"/tasks/{task}/reassign", {"person": colleague, "reason": ""})
    assert bare.status_code == 422 and f'value="{colleague}" selected' in bare.text
    assert (
        boss.post(f"/tasks/{task}/reassign", {"person": colleague, "reason": "请假"}).location
        == f"/matters/{matter}"
    )
    assert f"/tasks/{task}" in site.visitor("老报").get("/tasks?scope=mine").text
    assert "理由：请假" in boss.get(f"/matters/{matter}").text
    outsider = boss.post(
        f"/tasks/{task}/reassign", {"person": str(site.world.people["会计"]), "reason": "试试"}
    )
    assert outsider.status_code == 422 and "先任命" in outsider.text


def test_incidents_are_shown_and_tried_again(site: Site) -> None:
    matter = site.filled()
    report(site.runtime, matter, "timer", "到时间的事没有办成")
    boss = site.visitor("管得宽")
    page = boss.get("/admin/trouble?scope=incidents").text
    assert "到时间的事没有办成" in page
    retry = re.search(r"/admin/incidents/(\d+)/retry", page)[1]  # type: ignore[index]
    assert site.visitor("主任").post(f"/admin/incidents/{retry}/retry").status_code == 403
    assert boss.post(f"/admin/incidents/{retry}/retry").status_code == 302


def test_a_new_person_gets_a_first_password_once(site: Site) -> None:
    unit = site.world.units["village"]
    boss = site.visitor("管得宽")
    bare = boss.post(f"/admin/units/{unit}/people", {"name": "", "login": "xinren"})
    assert bare.status_code == 422 and 'value="xinren"' in bare.text
    boss.post(f"/admin/units/{unit}/people", {"name": "新来的", "login": "xinren"})
    page = unit_page(site)
    password = re.search(r"首次登录密码：([\w-]+)", page)[1]  # type: ignore[index]
    assert "新来的" in page and password not in unit_page(site)
    answer = site.stranger().post("/sign-in", {"login": "xinren", "password": password})
    assert answer.location == "/me/password"
    taken = boss.post(f"/admin/units/{unit}/people", {"name": "又一个", "login": "xinren"})
    assert taken.status_code == 422 and "已经有人用了" in taken.text


def test_a_password_can_be_reset_below_ones_unit_only(site: Site) -> None:
    unit, person = site.world.units["village"], site.world.people["主任"]
    path = f"/admin/units/{unit}/people/{person}/password"
    assert site.visitor("书记").post(path).status_code == 403
    assert site.visitor("管得宽").post(path).status_code == 302
    assert "新密码：" in unit_page(site)


def test_phones_are_masked(site: Site) -> None:
    unit = site.world.units["village"]
    site.visitor("管得宽").post(f"/admin/units/{unit}/people", {"name": "有电话", "phone": "13812345678"})
    page = unit_page(site)
    assert "138****5678" in page and "13812345678" not in page
