"""The same stories through the API: other programs see what the pages show, and may do what the person may."""

from collections.abc import Callable, Iterator

import pytest

from tests.stories.callers import Answer, Caller
from tests.stories.county import County


class Villager(Caller):
    """Somebody with matters by title."""

    def task(self, title: str, *scopes: str) -> str:
        """The id of the open task of that matter on one's lists."""
        for scope in scopes or ("mine", "claimable"):
            for item in self.get(f"/tasks?scope={scope}&limit=100")["items"]:
                if item["title"] == title:
                    return str(item["id"])
        raise AssertionError(f"nothing to do about {title}")

    def does(self, title: str, data: Answer) -> Answer:
        return self.post(f"/tasks/{self.task(title)}/complete", {"data": data})

    def starts(self, title: str, amount: float, unit: str = "liuwan") -> Answer:
        started = self.post("/instances", {"procedure": "zhichu", "unit": unit, "title": title})
        data = {"用途": title, "金额": amount, "收款方": "清溪建材店", "凭证": [self.photo("票据.jpg")]}
        return self.post(f"/tasks/{started['open_tasks'][0]['id']}/complete", {"data": data})


@pytest.fixture(scope="module")
def caller(shared_county: County) -> Iterator[Callable[[str], Villager]]:
    known: dict[str, Villager] = {}

    def find(name: str) -> Villager:
        if name not in known:
            known[name] = Villager(shared_county.url, shared_county.token(name), name)
        return known[name]

    yield find
    for one in known.values():
        one.http.close()


def open_steps(matter: Answer) -> list[tuple[str, str]]:
    return [(task["name"], task["post"]) for task in matter["open_tasks"]]


def test_asked_back_once_then_approved_and_paid(caller: Callable[[str], Villager]) -> None:
    reporter, secretary, director, accountant = (caller(n) for n in ("熊春生", "江玉成", "谭秀英", "林金山"))
    matter = reporter.starts("接口：桥面维修", 8600)
    assert open_steps(matter) == [("联合审批", "村主干")]
    matter = director.does("接口：桥面维修", {"结论": "有疑问", "说明": "发票抬头不对"})
    assert open_steps(matter) == [("填报支出", "报账员")]
    again = reporter.get(f"/tasks/{reporter.task('接口：桥面维修')}")["data"]
    assert again["金额"] == 8600, "what was filled in comes back"
    reporter.does("接口：桥面维修", again | {"说明": "已换"})
    director.does("接口：桥面维修", {"结论": "同意"})
    matter = secretary.does("接口：桥面维修", {"结论": "同意"})
    assert open_steps(matter) == [("登记支付", "会计")]
    matter = accountant.does("接口：桥面维修", {"支付日期": "2026-03-02", "凭证号": "18"})
    assert (matter["status"], matter["outcome"]) == ("completed", "已支付")
    assert matter["results"]["联合审批"]["结论"] == "同意"
    assert matter["results"]["登记"]["凭证号"] == "18"


def test_refused_with_a_reason(caller: Callable[[str], Villager]) -> None:
    reporter, director = caller("熊春生"), caller("谭秀英")
    reporter.starts("接口：沙发", 3200)
    status, error = director.refused(
        f"/tasks/{director.task('接口：沙发')}/complete", {"data": {"结论": "不同意"}}
    )
    assert status == 422 and "说明" in error["fields"], "a refusal says why"
    matter = director.does("接口：沙发", {"结论": "不同意", "说明": "还能用"})
    assert (matter["status"], matter["outcome"]) == ("completed", "不予支出")
    assert matter["results"]["主任审批"]["说明"] == "还能用"


def test_one_person_holds_both_posts(caller: Callable[[str], Villager]) -> None:
    reporter, both, deputy, watch = (caller(n) for n in ("周向阳", "罗大勇", "袁金凤", "尹翠兰"))
    reporter.starts("接口：水渠清淤", 12000, "zhuping")
    task = both.task("接口：水渠清淤")
    both.does("接口：水渠清淤", {"结论": "同意"})
    status, error = both.refused(f"/tasks/{task}/complete", {"data": {"结论": "同意"}})
    assert status in (403, 409, 422) and error["message"], "nobody signs twice"
    matter = deputy.does("接口：水渠清淤", {"结论": "同意"})
    assert open_steps(matter) == [("监督审核", "村务监督委员会主任")]
    matter = watch.does("接口：水渠清淤", {"结论": "同意"})
    assert open_steps(matter) == [("登记支付", "会计")]
    assert matter["results"]["联合审批"]["一肩挑"] is True


def test_a_step_entered_on_behalf_and_confirmed(caller: Callable[[str], Villager]) -> None:
    reporter, clerk, director = caller("熊春生"), caller("林秀英"), caller("谭秀英")
    reporter.starts("接口：音响", 1800)
    task = clerk.get(f"/tasks/{clerk.task('接口：音响', 'behalf')}")
    assert [one["name"] for one in task["on_behalf_of"]] == ["谭秀英"]
    entry: Answer = {"data": {"结论": "同意"}, "on_behalf_of": task["on_behalf_of"][0]["id"]}
    status, error = clerk.refused(f"/tasks/{task['id']}/complete", entry)
    assert (status, error["fields"]) == (422, {"papers": "代录要附上原件照片，请拍一张纸质原件"})
    paper = clerk.photo("批条.jpg")
    matter = clerk.post(f"/tasks/{task['id']}/complete", entry | {"papers": [paper["id"]]})
    assert open_steps(matter) == [("登记支付", "会计")]
    assert director.http.get(f"/files/{paper['id']}").status_code == 200, (
        "who is entered for may see the paper"
    )
    status, _ = reporter.refused(f"/instances/{matter['id']}/withdraw", {})
    assert status in (403, 409), "it was not the reporter's step"
