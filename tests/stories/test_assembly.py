"""A secret vote of the assembly of a village, from the convening to the archive, each on a phone of their own: too few
come once, 34 households vote the second time, anybody counts again, a villager without an account objects.
"""

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest
from playwright.sync_api import expect

from tests.conftest import PHONE, ROOT
from tests.stories.county import County, come, county
from tests.stories.person import Person
from tests.stories.phones import Phone, households
from tests.stories.scanning import scanned

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RULES, HALL, STEP = "柳湾村村规民约（2026 年修订）", "村文化礼堂", "户的代表开会表决"
ADMINISTRATOR, SECRETARY, DIRECTOR, CLERK = "易松涛", "江玉成", "谭秀英", "林秀英"
OFFICE = "何长根"
VOTER, SENDS, SENT = "邹守田", "秦建国", "陈美玲"
ON_PAGES = (DIRECTOR, CLERK, VOTER, SENDS)  # who speaks for a household and has a browser in this story
MOST_TAPS = 90  # of all who have a browser; opening the site, signing in and typing are not taps
NEEDED = 34  # of 51 households, two thirds


@pytest.fixture(scope="module")
def whole_village(
    tmp_path_factory: pytest.TempPathFactory, new_folder: Path, browser: "Browser"
) -> Iterator[County]:
    with county(tmp_path_factory.mktemp("county"), browser, lived=new_folder) as opened:
        yield opened
        opened.go_home()


class Clocked:
    """Says how long each part took: the story is to stay short."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        print(f"{what} {now - self.last:.1f} s", flush=True)
        self.last = now


@pytest.mark.timeout(400)
def test_a_secret_vote_from_the_convening_to_the_archive(whole_village: County, tmp_path: Path) -> None:
    village, lap = whole_village, Clocked()
    chooses_secret_votes(village(ADMINISTRATOR))
    drafts(village(DIRECTOR))
    lets_it_pass(come(village, SECRETARY))
    asks_every_household(come(village, DIRECTOR))
    lap("to the meeting")
    calls_together(village(DIRECTOR))
    phones = at_hand(village)
    lap("phones")
    village.wait(days=11)
    too_few(village, phones)
    calls_together(village(DIRECTOR))
    says_who_comes_instead(come(village, SENDS))
    village.wait(days=11)
    lap("too few")
    receipts = votes(village, phones)
    lap("voted")
    director = village(DIRECTOR)
    director.sees("村民会议：通过")
    director.taps_on("会议记录和签字")
    signs(director)
    signs_as_one_who_came(village(CLERK))
    village(CLERK).sees("林秀英 记录")  # the post keeps the record
    signs_as_one_who_came(village(VOTER))
    finds_receipts(director, receipts, tmp_path)
    lap("counted again, signed")
    publishes(come(village, DIRECTOR, "公示"))
    code = prints_the_sheet(director)
    prints_the_resolution(director, tmp_path)
    villager = objections(village, code)
    lap("public")
    village.wait(days=7)
    adds_a_photo(come(village, DIRECTOR, "公示"))
    village.wait(days=1)
    considers(come(village, SECRETARY, "研究公示意见"))
    files(come(village, DIRECTOR, "报乡镇备案"))
    accepts(come(village, OFFICE, "乡镇备案"))
    publishes(come(village, DIRECTOR, "公布施行"))
    village.wait(days=8)
    lap("filed")
    takes_the_archive(director, tmp_path)
    villager.comes_again(code)
    villager.sees("已办结", "清政备〔2026〕3 号")
    villager.phone.close()
    lap("archive")
    assert village.taps_told() <= MOST_TAPS


# ---------------------------------------------------------------- to the meeting


def chooses_secret_votes(administrator: Person) -> None:
    """无记名, and two objections are enough: what the township decides for its villages."""
    administrator.page.goto("/parameters")
    administrator.taps_on("村规民约")
    administrator.chooses("无记名")
    administrator.types("多少人有异议，就由两委研究", "2")
    administrator.taps_on("^保存$")
    administrator.sees("现在：无记名（清溪镇")


def drafts(director: Person) -> None:
    director.opens("发起")
    director.taps_on("村规民约")
    director.types("是什么事", RULES)
    director.taps_on("发起，接着填第一步")
    director.page.locator(".fjs-form").wait_for()
    director.types("应该做什么", "红白喜事不超过十二桌\n门前三包")
    director.types("不可以做什么", "不在河边倒垃圾")
    director.types("违反了怎么办", "批评教育，取消当年文明户评选")
    director.taps_on("交村党组织把关")
    director.sees("已提交")


def lets_it_pass(secretary: Person) -> None:
    secretary.page.locator(".fjs-form").wait_for()
    secretary.chooses("可以征求意见")
    secretary.taps_on("^提交$")
    secretary.sees("已提交")


def asks_every_household(director: Person) -> None:
    director.sees("征求意见")
    director.types("第 1 条：姓名", "、".join(list(households("liuwan"))[:33]))
    director.chooses("赞成")
    director.types("第 1 条：意见和建议", "十五桌改成十二桌")
    director.attaches("纸质原件照片", "意见表.jpg")
    director.taps_on("^录入$")
    director.page.locator(".fjs-form").wait_for()
    director.chooses("开户的代表会")
    director.taps_on("^汇总$")


# ---------------------------------------------------------------- convened, too few, held


def calls_together(director: Person) -> None:
    director.sees("召集会议")
    director.types("开会地点", HALL)
    director.attaches("公开的照片或截图", "会议通知.jpg")
    director.taps_on("召集会议")


def says_who_comes_instead(person: Person) -> None:
    """FD-2: somebody of the same household takes the seat."""
    person.sees("请您来开会")
    person.unfolds("来不了")
    person.page.get_by_label("请同户的人代您来").select_option(label=SENT)
    person.taps_on("请他代我参加")
    person.sees("您已答复：委托 陈美玲")


def at_hand(village: County) -> list[Phone]:
    """Who comes without a browser: those of the other households, as many as are needed."""
    others = {name: login for name, login in households("liuwan").items() if name not in ON_PAGES}
    with ThreadPoolExecutor(4) as pool:  # a password takes its time, on purpose
        return list(pool.map(lambda one: Phone(*one, village.url), list(others.items())[: NEEDED - 4]))


def too_few(village: County, phones: list[Phone]) -> None:
    """33 of 51 households: one too few."""
    director = come(village, DIRECTOR, STEP)
    director.taps_on("开会，无记名投票")
    director.sees("51 户，到会 0 户", "还差 34 户")
    code = shown_code(director)
    for name in (DIRECTOR, CLERK, VOTER):
        arrives(village(name), code)
    for phone in phones:
        assert "到会的人还不够" in phone.signs_in(code)
    director.comes(STEP)
    director.sees("51 户，到会 33 户", "还差 1 户", "没有达到法定人数，不能表决")
    director.taps_on("结束会议，另行召集")
    director.sees(STEP, "召集会议")


def shown_code(director: Person) -> str:
    """What the hall's screen says to whoever scans it."""
    director.taps_on("会场签到码")
    said = scanned(director.page.locator(".hall-code svg").screenshot())
    director.page.go_back()
    return said


def arrives(person: Person, code: str) -> None:
    person.page.goto(code)
    person.taps_on(f"{person.name}，签到")
    person.sees(STEP)


def votes(village: County, phones: list[Phone]) -> list[str]:
    """34 of 51 households, and one of them by somebody else of the same household; the receipts."""
    director = come(village, DIRECTOR, STEP)
    director.sees("委托 1")
    director.taps_on("开会，无记名投票")
    code = shown_code(director)
    for phone in phones:
        phone.signs_in(code)
    for name in (DIRECTOR, CLERK, VOTER, SENT):
        arrives(village(name), code)
    choices = ["赞成"] * 20 + ["反对"] * 8 + ["弃权"] * 2
    task = village(VOTER).page.url
    receipts = [phone.votes(task, choice) for phone, choice in zip(phones, choices, strict=True)]
    receipts += [votes_in_secret(village(name), task) for name in (VOTER, SENT, CLERK, DIRECTOR)]
    director.sees("已投 34 人，到会 34 人")
    director.taps_on("结束表决，宣布结果")
    return receipts


def votes_in_secret(person: Person, task: str) -> str:
    person.page.goto(task)
    person.sees("无记名：您选了什么，封在票箱里，谁也看不到")
    person.chooses("赞成")
    person.taps_on("提交投票")
    receipt = person.page.locator("p.receipt").inner_text().strip()
    person.taps_on("记好了")
    person.sees("您的票已经投好")
    expect(person.page.locator("main")).not_to_contain_text(receipt)
    return receipt


# ---------------------------------------------------------------- counted again by anybody


def finds_receipts(director: Person, receipts: list[str], folder: Path) -> None:
    """On the page, and in the file with the command; a file in which one vote was changed does not hold."""
    director.taps_on("^表决结果$")
    director.sees("无记名投票", "赞成 24 × 2 > 到会 34 × 1")
    director.types("投票时给您的回执号", receipts[-1].lower())
    director.taps_on("查一查")
    director.sees("找到了：这张票算进去了。")
    file = folder / "公布文件.json"
    with director.page.expect_download() as download:
        director.taps_on("下载公布文件")
    download.value.save_as(file)
    known = [word for receipt in receipts for word in ("--receipt", receipt)]
    code, said = verifies("ballot", file, *known)
    assert code == 0 and "赞成 24、反对 8、弃权 2" in said and "重新计票的结果和公布的一样。" in said, said
    published = json.loads(file.read_text(encoding="utf-8"))
    assert sorted(receipts) == published["motions"][0]["rounds"][0]["receipts"]
    ballots = published["motions"][0]["rounds"][0]["ballots"]
    ballots[ballots.index("反对")] = "赞成"
    file.write_text(json.dumps(published, ensure_ascii=False), encoding="utf-8")
    code, said = verifies("ballot", file)
    assert code == 1 and "赞成" in said, said


def verifies(what: str, file: Path, *options: str) -> tuple[int, str]:
    """`cunyi ballot verify` or `cunyi journal verify`, on a computer that has nothing but the file."""
    command = [sys.executable, "-m", "webui", what, "verify", str(file), *options]
    done = subprocess.run(command, cwd=ROOT, env=elsewhere(), capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def elsewhere() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("CUNYI_")}


# ---------------------------------------------------------------- signed, and printed


def signs(person: Person) -> None:
    """With a finger, under the minutes."""
    expect(person.page.get_by_role("heading", name="会议记录", exact=True)).to_be_visible()
    canvas = person.page.locator("canvas.signature")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    mouse = person.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 40)
    mouse.down()
    for step in range(1, 12):
        mouse.move(box["x"] + 30 + 15 * step, box["y"] + 40 + 25 * (step % 3))
    mouse.up()
    person.taps_on("^签字$")
    person.sees("您已签字。")


def signs_as_one_who_came(person: Person) -> None:
    """The page they voted on says what it came to, and leads to the minutes."""
    person.page.reload()
    person.sees("村民会议：通过", "表决结果")
    person.taps_on("会议记录和签字")
    signs(person)


def prints_the_resolution(director: Person, folder: Path) -> None:
    """On A4, with the figures and how they were reckoned."""
    director.opens_matter(RULES)
    director.taps_on("和档案")
    file = downloads(director, "决议 PDF", folder / "决议.pdf")
    pages = pypdf.PdfReader(file).pages
    text = "".join(page.extract_text() for page in pages)
    for words in ("决议", RULES, "赞成 24 票", "反对 8 票", "弃权 2 票", "无记名投票"):
        assert words in text, text
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]


def downloads(person: Person, link: str, file: Path) -> Path:
    address = person.page.get_by_role("link", name=link, exact=True).get_attribute("href")
    answer = person.page.request.get(address or "")
    assert answer.ok, (link, answer.status)
    file.write_bytes(answer.body())
    return file


# ---------------------------------------------------------------- public


def publishes(director: Person) -> None:
    for channel in ("会议通报", "村务公开栏"):
        director.attaches(f"{channel}的照片或截图", f"{channel}.jpg")
    director.taps_on("公示出去")


def prints_the_sheet(director: Person) -> str:
    """The A4 sheet for the board; what its code says."""
    director.page.goto(director.page.get_by_role("link", name="印张贴页").get_attribute("href") or "")
    director.sees("公示", RULES, "扫码看全部经过、提意见")
    said = scanned(director.page.locator(".ask svg").screenshot())
    director.page.go_back()
    return said


class Villager:
    """Somebody in front of the board, without an account."""

    def __init__(self, village: County, scanned_code: str) -> None:
        assert village.browser is not None
        self.phone = village.browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
        self.page: Page = self.phone.new_page()
        self.page.set_default_timeout(10_000)
        self.page.goto(scanned_code)

    def comes_again(self, code: str) -> None:
        """Some time later: what the phone still has of the page is half a minute old at most."""
        self.page.goto(code)
        self.page.reload()

    def objects(self, words: str, name: str = "") -> None:
        self.page.get_by_role("link", name="有异议").click()
        expect(self.page.get_by_label("异议：不同意公示的结果")).to_be_checked()
        self.page.get_by_label("您要说的话").fill(words)
        self.page.get_by_label("怎么称呼您").fill(name)
        self.page.get_by_role("button", name="交上").click()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)


def objections(village: County, code: str) -> Villager:
    """Two object, and two are enough to have it considered again; each is answered, and may read it."""
    villager, other = Villager(village, code), Villager(village, code)
    villager.sees(RULES, "34", "赞成 24", "红白喜事不超过十二桌")
    villager.objects("十二桌太少，娘家人多", "汪月英")
    villager.sees("收到")
    other.objects("门前三包要写明几米")
    other.phone.close()
    villager.comes_again(code)
    villager.sees("另有 2 条正在核对")
    director = come(village, DIRECTOR, "公示")
    director.sees("待核对的意见 2 条", "十二桌太少，娘家人多")
    director.taps_on("以上 2 条都采用")
    for reply, verdict in (("表决定的是十二桌，实在多的先和理事会商量", "不采纳"), ("写明三米", "采纳")):
        director.types("答复", reply)
        director.taps_on(f"^{verdict}$")
    villager.comes_again(code)
    villager.sees("汪*英", "十二桌太少，娘家人多", "写明三米", "不采纳")
    return villager


def adds_a_photo(director: Person) -> None:
    """On the last day: the notice still hangs there."""
    director.sees("今天是公示的最后一天")
    director.page.get_by_label("哪里的照片").select_option("村务公开栏")
    director.attaches("公示栏现在的样子、广播记录", "最后一天.jpg")
    director.taps_on("保存照片")


def considers(secretary: Person) -> None:
    """The threshold of objections has sent it back to those who deliberate."""
    secretary.types("开会地点", "村党群服务中心")
    secretary.types("理由", "三米写进条文说明，十二桌是表决定的")
    secretary.taps_on("记下会议：维持表决结果")


def files(director: Person) -> None:
    director.page.locator(".fjs-form").wait_for()
    director.photographs("盖章文本.jpg")
    director.taps_on("报乡镇备案")


def accepts(office: Person) -> None:
    office.page.locator(".fjs-form").wait_for()
    office.chooses("予以备案")
    office.types("备案号", "清政备〔2026〕3 号")
    office.photographs("回执.jpg")
    office.taps_on("^提交$")


# ---------------------------------------------------------------- 一事一档


def takes_the_archive(director: Person, folder: Path) -> None:
    """As one PDF and as one file with the proof that nothing was changed, checked without the database."""
    director.opens_matter(RULES)
    director.sees("已备案施行")
    director.taps_on("和档案")
    director.taps_on("取整件事的档案")
    expect(director.page.get_by_role("link", name="打开 PDF，打印", exact=True)).to_be_visible()
    file = downloads(director, "下载压缩包", folder / "一事一档.zip")
    with zipfile.ZipFile(file) as bundle:  # the same book as the other button makes
        book = pypdf.PdfReader(io.BytesIO(bundle.read("一事一档.pdf")))
    text = "".join(page.extract_text() for page in book.pages)
    for words in ("会议通知", "签到", "会议记录", "表决票统计", "决议", "汪月英", "清政备〔2026〕3 号"):
        assert words in text, words
    code, said = verifies("journal", file)
    assert code == 0, said
    spoilt = folder / "改过.zip"
    with zipfile.ZipFile(file) as bundle, zipfile.ZipFile(spoilt, "w") as copy:
        for name in bundle.namelist():
            content = bundle.read(name)
            copy.writestr(name, content + b" " if "决议" in name else content)
    code, said = verifies("journal", spoilt)
    assert code == 1 and "决议" in said, said
