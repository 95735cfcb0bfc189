"""What spares a tap: the one matter that waits opens at once, the next step follows, two acts are done in one go."""

import io

from tests.consulting import Square, answering, asking, photo
from tests.webui.pages.conftest import Site


def test_where_one_matter_waits_it_opens_at_once(site: Site) -> None:
    square = Square(site.runtime, site.world, asking(), asked=3)
    delegate = site.visitor("代表1")
    assert delegate.get("/").location == "/tasks"  # nothing waits
    _, task = square.matter()
    assert delegate.get("/").location == f"/tasks/{task}"
    square.matter()
    assert delegate.get("/").location == "/tasks"  # two matters: the list
    assert site.stranger().get("/").location == "/tasks"


def test_paper_is_entered_and_summed_up_in_one_go_once_it_is_enough(site: Site) -> None:
    square = Square(site.runtime, site.world, asking(), answering(), asked=3)
    matter, task = square.matter()
    organiser, address = site.visitor("主任"), f"/tasks/{task}/act/add_batch"

    def paper(name: str) -> dict[str, object]:
        row = {"意见.0.姓名": name, "意见.0.立场": "赞成", "意见.0.内容": "该修"}
        return row | {"照片": (io.BytesIO(photo()), "意见表.png"), "_then": "close"}

    answer = organiser.post(address, paper("代表1"))
    assert answer.location == f"/tasks/{task}"  # one of three is not enough: it is saved, and stays open
    shown = organiser.get(answer.location).text
    assert "录入一批：已保存。" in shown and "还不能汇总" in shown

    answer = organiser.post(address, paper("代表2、代表3"))
    following = square.open(matter)["回复"]
    assert answer.location == f"/tasks/{following}"  # summed up, and on to what the same person does next
    shown = organiser.get(answer.location).text
    assert "已提交：征求。接着办这一步。" in shown and "已保存" not in shown
    result = square.result(matter, "征求")
    assert result is not None and "赞成 3 条" in result["归纳"]


def test_who_has_nothing_to_do_may_begin_something(site: Site) -> None:
    Square(site.runtime, site.world, asking(), asked=1)
    shown = site.visitor("报账").get("/tasks?scope=mine").text
    assert "有新的事要办" in shown and "/start/ask" in shown
