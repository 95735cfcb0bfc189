"""The pages of a secret vote, of an election and of a show of hands, looked at on a phone and on a wide screen."""

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.ballot_keys import BallotKeys
from tests.voting import Hall
from tests.webui.pages.browsing import enter, judge
from tests.webui.pages.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SECRET = {"method": "phone", "secrecy": "secret"}
ELECTION = {"motions": "", "candidates": "{审定.议案}", "seats": "2", "majority": "超过 1/2 到会组成人员"}
RECEIPT = re.compile(r"\b[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}\b")


class Voters:
    """People at one vote, one after the other on the same phone; what is wrong with a page is collected."""

    def __init__(self, page: "Page", phone: "BrowserContext", site: Site, address: str) -> None:
        self.page, self.phone, self.site, self.address = page, phone, site, address
        self.problems: list[str] = []

    def begin(self, folder: Path, *motions: str, **settings: str) -> Hall:
        self.site.runtime.ballot_keys = BallotKeys(folder / "keys")
        hall = Hall(self.site.runtime, self.site.world, 6, **settings)
        _, self.task = hall.matter(*motions)
        hall.convene(self.task)
        hall.open(self.task, hall.voters)
        return hall

    def at(self, name: str) -> "Page":
        self.phone.clear_cookies()
        enter(self.phone, self.site, self.address, name)
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.page.goto(f"{self.address}/tasks/{self.task}")
        return self.page

    def judge(self, what: str) -> None:
        """Receipts, digests and the command are no words of any language."""
        foreign = " ".join(self.page.locator("[translate=no]").all_inner_texts())
        said = [found.rpartition(" says ") for found in judge(self.page, what)]
        self.problems += ["".join(part) for part in said if not part[1] or part[2] not in foreign]
        self.page.set_viewport_size({"width": 390, "height": 844})

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def voters(page: "Page", phone: "BrowserContext", site: Site, address: str) -> Voters:
    page.on("dialog", lambda dialog: dialog.accept())
    return Voters(page, phone, site, address)


def test_a_secret_vote_gives_a_receipt_and_the_result_has_it(
    voters: Voters, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hall = voters.begin(tmp_path, "村口道路硬化 800 米", **SECRET)
    page = voters.at("代表1")
    expect(page.get_by_text("无记名：您选了什么，封在票箱里")).to_be_visible()
    voters.judge("secret")
    page.get_by_text("赞成", exact=True).click()
    voters.tap("提交投票")
    receipt = RECEIPT.search(page.inner_text(".receipt"))
    assert receipt is not None
    voters.judge("receipt")
    assert "cunyi:draft" not in str(page.evaluate("Object.keys(localStorage)"))
    page.get_by_role("link", name="记好了").click()
    expect(page.get_by_text("您的票已经投好")).to_be_visible()
    assert receipt[0] not in page.content()
    assert "/act/cast" in caplog.text and receipt[0] not in caplog.text and "赞成" not in caplog.text
    hall.cast_by(voters.task, hall.voters[1:], "赞成")
    page = voters.at("主席")
    expect(page.get_by_text("已投 6 人，到会 6 人")).to_be_visible()
    voters.judge("secret close")
    voters.tap("结束表决，宣布结果")
    page.goto(f"{voters.address}/ballots/{voters.task}")
    page.get_by_label("投票时给您的回执号").fill(receipt[0].lower())
    voters.tap("查一查")
    expect(page.get_by_text("找到了：这张票算进去了。")).to_be_visible()
    voters.judge("secret result")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载公布文件").click()
    assert b"cunyi-ballot/1" in Path(download.value.path()).read_bytes()
    assert not voters.problems, "\n".join(voters.problems)


def test_a_box_that_cannot_be_opened_says_so_and_lets_the_chair_begin_again(
    site: Site, tmp_path: Path
) -> None:
    site.runtime.ballot_keys = BallotKeys(tmp_path / "keys")
    hall = Hall(site.runtime, site.world, 6, **SECRET)
    task = hall.opened("村口道路硬化 800 米")
    hall.cast(task, yes=6)
    for path in site.runtime.ballot_keys.folder.iterdir():
        path.unlink()
    chair, clerk = site.visitor("主席"), site.visitor("文书")
    assert "作废，重新投票" not in chair.get(f"/tasks/{task}").text
    refused = chair.post(f"/tasks/{task}/act/close")
    assert refused.status_code == 422
    assert "票箱打不开，一票也没有计：开票的密钥找不到了" in refused.text and "作废，重新投票" in refused.text
    assert "作废，重新投票" not in clerk.post(f"/tasks/{task}/act/close").text
    assert chair.post(f"/tasks/{task}/act/revote").status_code == 422  # a reason is wanted
    assert chair.post(f"/tasks/{task}/act/revote", {"理由": "换了机器，密钥没有带过来"}).status_code == 302
    assert "请您投票" in site.visitor("代表1").get(f"/tasks/{task}").text


def test_an_election_on_the_phone_goes_into_a_second_round(voters: Voters, tmp_path: Path) -> None:
    hall = voters.begin(tmp_path, "张大山", "李小河", "王春燕", "赵铁柱", method="phone", **ELECTION)
    page = voters.at("代表1")
    for name in ("张大山", "李小河", "王春燕"):
        page.get_by_label(name).check()
    expect(page.get_by_text("最多选 2 人，多了 1 人")).to_be_visible()
    voters.tap("提交投票")
    expect(page.get_by_role("alert")).to_contain_text("最多选 2 人，您选了 3 人")
    expect(page.get_by_label("李小河")).to_be_checked()  # what was ticked stays
    voters.judge("election")
    page.get_by_label("弃权，一个也不选").check()
    expect(page.get_by_label("李小河")).not_to_be_checked()
    page.get_by_label("张大山").check()
    voters.tap("提交投票")
    for voter in hall.voters[1:]:
        hall.act(voters.task, "cast", voter, {"chosen": [1]})
    page = voters.at("主席")
    voters.judge("election close")
    voters.tap("结束这一轮，看结果")
    expect(page.get_by_text("第 1 轮选出 1 人，还差 1 人，再选一轮")).to_be_visible()
    page = voters.at("代表1")
    expect(page.get_by_role("heading", name="请您再投一轮")).to_be_visible()
    voters.judge("second round")
    for voter in hall.voters:
        hall.act(voters.task, "cast", voter, {"chosen": [2]})
    hall.act(voters.task, "close", "主席")
    page.goto(f"{voters.address}/ballots/{voters.task}")
    expect(page.get_by_text("当选：张大山、李小河")).to_be_visible()
    voters.judge("election result")
    assert not voters.problems, "\n".join(voters.problems)


def test_a_count_of_hands_is_three_figures(voters: Voters, tmp_path: Path) -> None:
    voters.begin(tmp_path, "安装路灯 20 盏", method="hands")
    page = voters.at("文书")
    for name, number in (("赞成", 5), ("反对", 1), ("弃权", 0)):
        page.get_by_label(name, exact=True).fill(str(number))
    voters.judge("hands")
    voters.tap("录入，交监票人核对")
    voters.at("监督")
    voters.judge("hands to confirm")
    voters.tap("核对无误，宣布结果")
    page.goto(f"{voters.address}/ballots/{voters.task}")
    voters.judge("hands result")
    assert not voters.problems, "\n".join(voters.problems)


def test_a_sheet_of_an_election_has_every_candidate(voters: Voters, tmp_path: Path) -> None:
    voters.begin(tmp_path, "张大山", "李小河", "王春燕", "赵铁柱", method="paper", **ELECTION)
    page = voters.at("文书")
    papers = {"收回": 6, "有效": 6, "无效": 0, "张大山": 6, "李小河": 5, "王春燕": 9, "赵铁柱": 0}
    for name, number in papers.items():
        page.get_by_label(name, exact=True).fill(str(number))
    voters.tap("录入，交监票人核对")
    expect(page.get_by_text("得票：王春燕的票数比有效的 6 张还多")).to_be_visible()
    expect(page.get_by_label("张大山", exact=True)).to_have_value("6")
    voters.judge("candidates counted wrong")
    page.get_by_label("王春燕", exact=True).fill("0")
    voters.tap("录入，交监票人核对")
    page = voters.at("监督")
    expect(page.get_by_text("当选：张大山、李小河")).to_be_visible()
    voters.judge("candidates to confirm")
    assert not voters.problems, "\n".join(voters.problems)
