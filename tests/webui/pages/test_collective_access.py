"""Votes, opinions and notices, for those without a part in them: not a page, not a name, not a photo."""

import pytest

from tests.consulting import Square, asking, publishing
from tests.voting import Hall, figures
from tests.webui.pages.conftest import Site

OUTSIDERS = ["外村", "百姓"]


def hidden(site: Site, who: str, *paths: str) -> None:
    """Nothing there, as a page and through the API; and nothing of it in a list."""
    visitor = site.visitor(who)
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 404 and "代表1" not in answer.text, (path, answer.status_code)
        api = site.app.test_client().get(f"/api/v1{path}", headers=site.world.headers(who))
        assert api.status_code == 404 and "代表1" not in api.text, (path, api.status_code)
    for path in ("/tasks", "/meetings", "/matters?scope=all"):
        assert "村口道路" not in visitor.get(path).text and "村民代表会议" not in visitor.get(path).text, path


@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_vote_and_its_meeting(site: Site, who: str) -> None:
    hall = Hall(site.runtime, site.world, 3)
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, [*hall.voters, "委员"], 方式="paper")
    sheet = site.visitor("文书").upload("计票单.jpg")
    count = figures(发出=3, 收回=3, 有效=3, 赞成=3, 反对=0, 弃权=0)
    hall.act(task, "enter_count", "文书", count | {"计票单": [sheet]})
    shown = site.visitor("主席").get("/meetings").text
    meeting = shown.split('href="/meetings/')[1].split('"')[0]
    everything = (
        f"/tasks/{task}",
        f"/meetings/{meeting}",
        f"/meetings/{meeting}/pulse",
        f"/matters/{matter}",
    )
    hidden(site, who, *everything, f"/files/{sheet['id']}", f"/ballots/{task}")
    for act in ("cast", "attend", "enter_count", "confirm_count", "close", "convene", "revise"):
        answer = site.visitor(who).post(f"/tasks/{task}/actions/{act}", {"data": "{}"})
        assert answer.status_code == 404, act
    hall.act(task, "confirm_count", "监督", {"结束": True})
    hidden(site, who, f"/tasks/{task}", f"/meetings/{meeting}", f"/ballots/{task}", f"/files/{sheet['id']}")
    assert site.visitor("代表1").get(f"/ballots/{task}").status_code == 200


@pytest.mark.parametrize("who", OUTSIDERS)
def test_opinions_and_their_photos(site: Site, who: str) -> None:
    square = Square(site.runtime, site.world, asking(), publishing(), asked=3)
    matter, task = square.matter()
    square.say(task, yes=1)
    card = site.visitor("文书").upload("意见卡.jpg")
    rows = [{"应征人": [square.id("代表2")], "立场": "赞成", "内容": "早就该修"}]
    square.act(task, "add_batch", "文书", {"意见": rows, "照片": [card]})
    hidden(
        site,
        who,
        f"/tasks/{task}",
        f"/matters/{matter}",
        f"/matters/{matter}/opinions",
        f"/files/{card['id']}",
    )
    for act in ("add_opinion", "add_batch", "withdraw", "close"):
        assert site.visitor(who).post(f"/tasks/{task}/actions/{act}", {"data": "{}"}).status_code == 404, act
    square.act(task, "close", "主任")
    notice = square.open(matter)["公示"]
    square.publish(notice)
    hidden(site, who, f"/tasks/{notice}", f"/matters/{matter}/opinions")
    row = square.rows(task)[-1]
    assert site.visitor(who).post(f"/opinions/{row.id}/confirm").status_code == 404


def test_who_is_asked_reads_neither_names_nor_photos_of_others(site: Site) -> None:
    square = Square(site.runtime, site.world, asking(), asked=3)
    matter, task = square.matter()
    card = site.visitor("文书").upload("意见卡.jpg")
    rows = [{"应征人": [square.id("代表2")], "立场": "反对", "内容": "占了我家的地"}]
    square.act(task, "add_batch", "文书", {"意见": rows, "照片": [card]})
    for path in (f"/tasks/{task}", f"/matters/{matter}", f"/matters/{matter}/opinions"):
        text = site.visitor("代表1").get(path).text
        assert card["id"] not in text and "代表2" not in text, path
    api = site.app.test_client().get(f"/api/v1/tasks/{task}", headers=site.world.headers("代表1"))
    assert api.status_code == 200
    assert card["id"] not in api.text and "占了我家" not in api.text and "代表2" not in api.text


def test_nobody_reads_a_choice_or_a_tally_before_the_end(site: Site) -> None:
    hall = Hall(site.runtime, site.world, 3)
    matter, task = hall.matter()
    hall.convene(task)
    hall.open(task, [*hall.voters, "委员"])
    hall.act(task, "cast", "代表1", {"choice": "反对"})
    for who in ("主席", "文书", "代表2", "经管"):
        for path in (f"/tasks/{task}", f"/instances/{matter}"):
            answer = site.app.test_client().get(f"/api/v1{path}", headers=site.world.headers(who))
            seen = answer.get_json()
            assert answer.status_code == 200 and "反对" not in str(seen.get("proceeding", seen)), (who, path)
        assert "反对 1" not in site.visitor(who).get(f"/matters/{matter}").text
    assert site.visitor("主席").get(f"/ballots/{task}").status_code == 404
