"""LB-8 through the pages: every way it can go, and what the pages say on the way."""

import re

from tests.webui.pages.conftest import Site, matter_of


def test_small_spending_runs_through(site: Site) -> None:
    task = site.start("修水渠")
    assert "填报支出" in site.visitor("报账").get(f"/tasks/{task}").text
    handed_in = site.visitor("报账").hand_in(task, site.spending(800))
    assert handed_in.status_code == 302, handed_in.text
    matter = matter_of(handed_in)
    after = site.visitor("报账").get(handed_in.location)
    assert (
        "已提交" in after.text and "主任审批" in after.text and f'data-draft-done="task-{task}"' in after.text
    )
    approve = site.task("主任")
    assert "800 元" in site.visitor("主任").get(f"/tasks/{approve}").text
    assert site.visitor("主任").hand_in(approve, {"结论": "同意"}).status_code == 302
    assert "登记支付" in site.visitor("报账").get(f"/matters/{matter}").text
    book = site.task("会计")
    done = site.visitor("会计").hand_in(book, {"支付日期": "2026-03-03", "凭证号": "3 号"})
    assert "已办结" in site.visitor("会计").get(done.location).text
    shown = site.visitor("报账").get(f"/matters/{matter}").text
    assert "已支付" in shown and "2026年3月3日" in shown
    assert "修水渠" in site.visitor("报账").get("/matters?scope=finished").text


def test_asked_back_shows_the_question_and_what_was_typed(site: Site) -> None:
    site.filled(800)
    site.visitor("主任").hand_in(site.task("主任"), {"结论": "有疑问", "说明": "发票抬头不对"})
    again = site.task("报账")
    page = site.visitor("报账").get(f"/tasks/{again}").text
    assert "又回到这一步" in page and "发票抬头不对" in page
    assert '"收款方": "建材店"' in page  # nobody types it twice


def test_both_sign_a_large_one(site: Site) -> None:
    matter = site.filled(12000)
    task = site.task("书记")
    page = site.visitor("书记").get(f"/tasks/{task}").text
    assert "谁要签" in page and "等您提交" in page
    first = site.visitor("书记").hand_in(task, {"结论": "同意", "说明": ""})
    assert "还要等其他人" in site.visitor("书记").get(first.location).text
    shown = site.visitor("书记").get(f"/matters/{matter}").text
    assert "已签：村党组织书记；还等：村委会主任" in shown
    assert "去办理" not in shown
    again = site.visitor("书记").hand_in(task, {"结论": "同意", "说明": ""})
    assert again.status_code == 409 and "只能提交一次" in again.text
    site.visitor("主任").hand_in(site.task("主任"), {"结论": "同意", "说明": ""})
    assert "登记支付" in site.visitor("书记").get(f"/matters/{matter}").text


def test_a_refusal_needs_a_reason_and_keeps_the_answer(site: Site) -> None:
    matter = site.filled(12000)
    task = site.task("书记")
    refused = site.visitor("书记").hand_in(task, {"结论": "不同意", "说明": ""})
    assert refused.status_code == 422
    assert '"结论": "不同意"' in refused.text and "请写明理由" in refused.text
    site.visitor("书记").hand_in(task, {"结论": "不同意", "说明": "太贵"})
    shown = site.visitor("报账").get(f"/matters/{matter}").text
    assert "不予支出" in shown and "太贵" in shown


def test_what_is_wrong_comes_back_with_everything_typed(site: Site) -> None:
    task = site.start()
    typed = site.spending() | {"金额": -5, "收款方": "", "说明": "这段话不能丢"}
    answer = site.visitor("报账").hand_in(task, typed)
    assert answer.status_code == 422
    assert '"金额": -5' in answer.text and "这段话不能丢" in answer.text
    errors = re.search(r'"errors": (\{[^}]*\})', answer.text)
    assert errors is not None and "收款方" in errors[1] and "金额" in errors[1]


def test_a_broken_body_is_refused_in_words(site: Site) -> None:
    task = site.start()
    for body in ("[1]", "{", "null", '"x"'):
        answer = site.visitor("报账").post(f"/tasks/{task}", {"data": body})
        assert answer.status_code == 422 and "JavaScript" in answer.text


def test_unknown_and_dangerous_keys_are_refused(site: Site) -> None:
    task = site.start()
    for key in ("typename", "__class__", "lane_owners"):
        answer = site.visitor("报账").hand_in(task, site.spending() | {key: "x"})
        assert answer.status_code == 422, key


def test_claim_then_release(site: Site) -> None:
    site.filled()
    task = site.task("主任", "claimable")
    assert site.visitor("主任").post(f"/tasks/{task}/claim").location == f"/tasks/{task}"
    assert f"/tasks/{task}" in site.visitor("主任").get("/tasks?scope=mine").text
    assert site.visitor("主任").post(f"/tasks/{task}/release").location == "/tasks"
    assert f"/tasks/{task}" not in site.visitor("主任").get("/tasks?scope=mine").text


def test_one_opens_the_tab_with_something_on_it(site: Site) -> None:
    site.filled()
    assert "主任审批" in site.visitor("主任").get("/tasks").text


def test_done_by_somebody_else_leads_to_the_matter(site: Site) -> None:
    matter = site.filled()
    task = site.task("主任")
    site.visitor("主任").hand_in(task, {"结论": "同意"})
    late = site.visitor("报账").get(f"/tasks/{task}")
    assert late.status_code == 409
    assert "刚刚已由主任办理" in late.text and f"/matters/{matter}" in late.text


def test_withdrawing_brings_the_form_back(site: Site) -> None:
    matter = site.filled()
    assert "交错了，撤回" in site.visitor("报账").get(f"/done/{matter}").text
    back = site.visitor("报账").post(f"/matters/{matter}/withdraw")
    page = site.visitor("报账").get(back.location).text
    assert "填报支出" in page
    assert "已撤回" in site.visitor("报账").get(f"/matters/{matter}").text


def test_the_clerk_enters_with_a_photo_and_the_person_confirms(site: Site) -> None:
    matter = site.filled()
    clerk = site.visitor("文书")
    task = re.search(r"/tasks/([0-9a-f]+)/behalf", clerk.get("/tasks?scope=behalf").text)[1]  # type: ignore[index]
    assert "替谁录" in clerk.get(f"/tasks/{task}/behalf").text
    path, person = f"/tasks/{task}/behalf", str(site.world.people["主任"])
    bare = clerk.hand_in(task, {"结论": "同意"}, path=path, person=person)
    assert bare.status_code == 422 and "照片" in bare.text and '"结论": "同意"' in bare.text
    photo = clerk.upload("原件.jpg")
    nobody = clerk.hand_in(task, {"结论": "同意", "_papers": [photo]}, path=path)
    assert nobody.status_code == 422 and "替谁" in nobody.text
    done = clerk.hand_in(task, {"结论": "同意", "_papers": [photo]}, path=path, person=person)
    assert "代录已提交" in clerk.get(done.location).text
    shown = site.visitor("主任").get(f"/matters/{matter}").text
    assert "文书代录" in shown and "本人还没有确认" in shown
    submission = re.search(r"/submissions/([0-9a-f]+)/confirm", site.visitor("主任").get("/me").text)[1]  # type: ignore[index]
    assert site.visitor("报账").post(f"/submissions/{submission}/confirm").status_code == 404
    assert site.visitor("主任").post(f"/submissions/{submission}/confirm").location == "/me"
    assert "本人已确认" in site.visitor("主任").get(f"/matters/{matter}").text


def test_cancelling_needs_a_reason(site: Site) -> None:
    matter = site.filled()
    bare = site.visitor("报账").post(f"/matters/{matter}/cancel", {"reason": " "})
    assert bare.status_code == 422 and "请写明" in bare.text
    site.visitor("报账").post(f"/matters/{matter}/cancel", {"reason": "重复填报了"})
    shown = site.visitor("主任").get(f"/matters/{matter}").text
    assert "已撤销" in shown and "重复填报了" in shown


def test_overdue_is_said_in_words(site: Site) -> None:
    site.filled()
    assert "还剩" in site.visitor("主任").get("/tasks").text
    site.pass_time(days=5)
    assert "已超期" in site.visitor("主任").get("/tasks?scope=overdue").text
    assert "已超期" in site.visitor("管得宽").get("/admin/trouble").text


def test_an_open_page_learns_that_the_matter_moved(site: Site) -> None:
    matter = site.filled()
    revision = re.search(r"pulse\?revision=(\d+)", site.visitor("报账").get(f"/matters/{matter}").text)[1]  # type: ignore[index]
    pulse = f"/matters/{matter}/pulse?revision={revision}"
    assert "HX-Refresh" not in site.visitor("报账").get(pulse).headers
    site.visitor("主任").hand_in(site.task("主任"), {"结论": "同意"})
    assert site.visitor("报账").get(pulse).headers["HX-Refresh"] == "true"


def test_the_matter_shows_diagram_clauses_and_standards(site: Site) -> None:
    matter = site.filled()
    shown = site.visitor("报账").get(f"/matters/{matter}").text
    assert "LB-8" in shown and "联合审批，任何一方不同意" in shown
    assert "较大数额的标准" in shown and "5,000 元" in shown and "默认值" in shown
    assert '"present": ["shenpi"' in shown or "zhuren" in shown
    diagram = site.visitor("报账").get(f"/matters/{matter}/diagram")
    assert diagram.mimetype == "application/xml" and "<bpmndi:BPMNDiagram" in diagram.text


def test_finding_a_matter_by_its_name(site: Site) -> None:
    site.filled(title="修水渠")
    site.filled(title="买沙袋")
    found = site.visitor("报账").get("/matters?q=沙袋").text
    assert "买沙袋" in found and "修水渠" not in found
    assert "没有找到" in site.visitor("报账").get("/matters?q=100%25").text
