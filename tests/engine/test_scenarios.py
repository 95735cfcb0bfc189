"""Scenarios: a story that holds passes; one that does not says what should have been, and what was."""

import json

import pytest

from engine.scenarios import Report, ScenarioError, load, run, run_folder

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="test">
  <message id="m" name="来函" />
  <signal id="s" name="停办" />
  <process id="jieyong" isExecutable="true">
    <laneSet id="lanes">
      <lane id="l1" name="村民"><flowNodeRef>shenqing</flowNodeRef></lane>
      <lane id="l2" name="文书"><flowNodeRef>shouli</flowNodeRef></lane>
    </laneSet>
    <startEvent id="kaishi" name="要借会议室" />
    <userTask id="shenqing" name="申请">
      <extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="form" value="shenqing" />
        <spiffworkflow:property name="key" value="申请" />
      </spiffworkflow:properties></extensionElements>
    </userTask>
    <userTask id="shouli" name="受理">
      <extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="form" value="shouli" />
        <spiffworkflow:property name="not_who" value="申请" />
        <spiffworkflow:property name="due" value="{时限}" />
      </spiffworkflow:properties></extensionElements>
    </userTask>
    <intermediateCatchEvent id="deng" name="等来函">
      <messageEventDefinition id="d1" messageRef="m" /></intermediateCatchEvent>
    <boundaryEvent id="ting" name="停办" attachedToRef="shouli">
      <signalEventDefinition id="d2" signalRef="s" /></boundaryEvent>
    <endEvent id="jiedao" name="已借" />
    <endEvent id="meijie" name="没有借" />
    <sequenceFlow id="f1" sourceRef="kaishi" targetRef="shenqing" />
    <sequenceFlow id="f2" sourceRef="shenqing" targetRef="shouli" />
    <sequenceFlow id="f3" sourceRef="shouli" targetRef="deng" />
    <sequenceFlow id="f4" sourceRef="deng" targetRef="jiedao" />
    <sequenceFlow id="f5" sourceRef="ting" targetRef="meijie" />
  </process>
</definitions>"""
SETTINGS = """
title = "借会议室"
level = "村"
starters = ["村民"]
[parameters."时限"]
title = "时限"
type = "duration"
default = "2wd"
maximum = "5wd"
"""


def form(*components: dict[str, object]) -> bytes:
    return json.dumps({"type": "default", "components": components}).encode()


def folder(
    *scenarios: str, roster: str = '"村民" = ["张三", "李四"]\n"文书" = ["王五", "李四"]'
) -> dict[str, bytes]:
    files = {
        "jieyong.bpmn": DIAGRAM.encode(),
        "procedure.toml": SETTINGS.encode(),
        "forms/shenqing.json": form(
            {"type": "textfield", "key": "用途", "label": "用途", "validate": {"required": True}},
            {"type": "filepicker", "key": "附件", "label": "附件", "multiple": True},
        ),
        "forms/shouli.json": form({"type": "textfield", "key": "意见", "label": "意见"}),
        "scenarios/roster.toml": f"[roster]\n{roster}\n".encode(),
    }
    return files | {f"scenarios/{n}.toml": text.encode() for n, text in enumerate(scenarios, 1)}


APPLY = '[[step]]\nby = "张三"\ndoes = "申请"\ndata = { "用途" = "开会", "附件" = ["函.jpg"] }\n'
ACCEPT = '[[step]]\nby = "王五"\ndoes = "受理"\n'
LETTER = '[[step]]\nmessage = "来函"\n'
WHOLE = APPLY + 'then = ["受理"]\n' + ACCEPT + "then = []\n" + LETTER


def played(text: str, **options: str) -> Report:
    [report] = run_folder(folder(text, **options))
    return report


def fault(text: str, **options: str) -> str:
    report = played(text, **options)
    assert not report.passed, report.text()
    return "\n".join(report.faults)


def test_a_story_that_holds() -> None:
    report = played(
        'title = "借到了"\nstory = "张三借会议室。"\n'
        + WHOLE
        + '[expect]\noutcome = "已借"\npath = ["申请", "shouli", "已借"]\nnot_passed = ["停办"]\n'
        + '[expect.data]\n"申请.用途" = "开会"\n[expect.done_by]\n"申请" = ["张三"]\n"shouli" = ["王五"]\n'
    )
    assert report.passed, report.text()
    assert report.outcome == "已借"
    text = report.text()
    assert text.startswith("✓ 借到了（1）\n    张三借会议室。\n")
    assert "3 月 2 日（周一）09:00  张三 申请：用途 开会，附件 函.jpg" in text
    assert "→ 待办：受理（文书，3 月 4 日以前办）" in text
    assert json.loads(json.dumps(report.as_dict()))["passed"] is True


def test_from_disk_as_from_memory(tmp_path) -> None:
    files = folder(WHOLE, WHOLE + '[expect]\noutcome = "没有借"\n')
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    reports = run_folder(tmp_path)
    assert [report.name for report in reports] == ["1", "2"]
    assert [report.passed for report in reports] == [True, False]
    assert [r.as_dict() for r in reports] == [r.as_dict() for r in run_folder(files)]
    assert [r.as_dict() for r in reports] == [r.as_dict() for r in run_folder(str(tmp_path))]


def test_playing_all_of_them_has_an_end() -> None:
    """What was not played has not passed, and says why."""
    reports = run_folder(folder(WHOLE, WHOLE), altogether=0)
    assert [report.passed for report in reports] == [False, False]
    assert "用的时间太长" in reports[0].text()


def test_time_passes_and_tasks_fall_due() -> None:
    story = (
        APPLY
        + '[[step]]\nwait = "2wd"\noverdue = []\n'
        + '[[step]]\nwait = "15h"\noverdue = ["受理"]\nthen = ["受理"]\n'
    )
    report = played(story)
    assert report.passed, report.text()
    assert "到了 3 月 5 日（周四）00:00" in report.text()
    assert "已逾期、已提醒：受理" in report.text()
    assert "逾期、要提醒的应当是：没有；实际是：受理" in fault(
        APPLY + '[[step]]\nwait = "7d"\noverdue = []\n'
    )


def test_a_signal_ends_it_and_a_scenario_may_begin_at_any_time() -> None:
    report = played(
        'begins = "2026-07-31 20:15"\n'
        + APPLY
        + '[[step]]\nsignal = "停办"\nthen = []\n[expect]\noutcome = "没有借"\n'
    )
    assert report.passed, report.text()
    assert report.lines[0].at == "7 月 31 日（周五）20:15"
    assert "收到信号“停办”" in report.text()


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("赵六", "名单里没有“赵六”"),
        ("张三", "办过前面的步骤"),  # not_who
    ],
)
def test_the_wrong_person_fails_it_loudly(by: str, message: str) -> None:
    report = played(APPLY + ACCEPT.replace("王五", by) + LETTER)
    assert not report.passed
    assert message in report.faults[0]
    assert len(report.lines) == 2, "nothing after it was tried"
    assert "后面的没有再推演" in report.text()


def test_a_person_without_the_post_is_refused() -> None:
    assert "孙七不能办这一步" in fault(
        APPLY + ACCEPT.replace("王五", "孙七"), roster='"村民" = ["张三", "孙七"]\n"文书" = "王五"'
    )


def test_a_refusal_can_be_what_is_expected() -> None:
    attempt = '[[step]]\nby = "张三"\ndoes = "受理"\nrefused = "{}"\nthen = ["受理"]\n'
    report = played(APPLY + attempt.format("前面的步骤") + ACCEPT)
    assert report.passed, report.text()
    assert "不让办：" in report.text()
    assert "应当因为“没带公章”不让办，实际的提示是" in fault(APPLY + attempt.format("没带公章"))
    assert "应当不让王五办“受理”，实际办成了" in fault(
        APPLY + attempt.format("前面的步骤").replace("张三", "王五", 1)
    )


def test_forms_are_checked_as_on_the_server() -> None:
    assert "请填写“用途”" in fault('[[step]]\nby = "张三"\ndoes = "申请"\n')
    assert "表单里没有“typename”这一项" in fault(APPLY.replace('"附件"', '"typename" = "x", "附件"'))


def test_a_step_that_is_not_open() -> None:
    assert "现在没有“受理”可办。打开着的是：申请" in fault(ACCEPT)


def test_entering_for_somebody_is_the_clerks() -> None:
    report = played(APPLY + 'entered_by = "王五"\n')
    assert report.passed, report.text()
    assert "张三（王五代录） 申请" in report.text()
    assert "张三不是文书" in fault(APPLY + 'entered_by = "张三"\n')


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ('outcome = "没有借"', "应当以“没有借”结束，实际是“已借”"),
        (
            'path = ["申请", "停办"]',
            "走到“停办”就对不上了。实际走的是：要借会议室 → 申请 → 受理 → 等来函 → 已借",
        ),
        ('path = ["受理", "申请"]', "走到“申请”就对不上了"),
        ('not_passed = ["受理"]', "不应当经过“受理”，实际经过了"),
        ('[expect.data]\n"申请.用途" = "喝茶"', "“申请.用途”应当是 喝茶，实际是 开会"),
        ('[expect.data]\n"申请.人数" = 3', "“申请.人数”应当是 3，实际是 空"),
        ('[expect.done_by]\n"shouli" = ["李四"]', "“shouli”应当由李四办，实际是王五"),
    ],
)
def test_what_came_of_it_is_compared(expected: str, message: str) -> None:
    assert message in fault(f"{WHOLE}[expect]\n{expected}\n")


def test_an_end_that_is_not_reached() -> None:
    assert "实际还没有结束，打开着的是：受理" in fault(APPLY + '[expect]\noutcome = "已借"\n')


def test_open_tasks_are_compared() -> None:
    assert "打开着的待办应当是：申请、受理；实际是：受理" in fault(APPLY + 'then = ["申请", "受理"]\n')


def test_parameters_stay_within_their_bounds() -> None:
    report = played('[parameters]\n"时限" = "5wd"\n' + APPLY)
    assert "3 月 9 日以前办" in report.text()
    assert "不能大于 5 个工作日" in fault('[parameters]\n"时限" = "6wd"\n' + APPLY)
    assert "没有参数“期限”" in fault('[parameters]\n"期限" = "6wd"\n' + APPLY)


def test_a_scenario_changes_single_entries_of_the_shared_roster() -> None:
    assert "不能办这一步" in fault(
        '[roster]\n"文书" = []\n' + APPLY + ACCEPT, roster='"村民" = "张三"\n"会计" = "王五"'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 你好", "不是正确的 TOML"),
        ('title = "空"', "没有写一步一步怎么做"),
        ('titel = "x"\n' + APPLY, "最外层有不认识的项：titel"),
        ("title = 3\n" + APPLY, "最外层的 title 要写成文字"),
        ('begins = "明天"\n' + APPLY, "begins 写的“明天”不是时间"),
        ('[[step]]\nby = "张三"\n', "第 1 步要写明一件事"),
        (APPLY + 'wait = "1d"\n', "第 1 步要写明一件事"),
        (APPLY + 'refused = ""\n', "refused 只用在 does 上"),
        ('[[step]]\nwait = "1d"\nrefused = "x"\n', "refused 只用在 does 上"),
        (APPLY + "then = 3\n", "第 1 步的 then要写成名称"),
        (APPLY + 'day = "x"\n', "第 1 步有不认识的项：day"),
        ('[[step]]\ndoes = "申请"\n', "第 1 步没有写由谁办"),
        (APPLY + '[expect]\nend = "x"\n', "[expect]有不认识的项：end"),
        ('step = ["x"]', "第 1 步要写成 [[step]]"),
        ("expect = 1\n" + APPLY, "expect 要写成 [expect]"),
        ("roster = 1\n" + APPLY, "[roster] 要写成 岗位 = 姓名"),
        ('[[step]]\nby = "张三"\ndoes = "申请"\ndata = 3\n', "data 要写成一组"),
    ],
)
def test_what_cannot_be_read_is_a_failed_report(text: str, message: str) -> None:
    report = played(text)
    assert not report.passed
    assert message in report.faults[0]
    with pytest.raises(ScenarioError):
        load(text, "x", {"村民": ["张三"]})


def test_other_encodings_are_named() -> None:
    with pytest.raises(ScenarioError, match="UTF-8"):
        load('title = "借"'.encode("gbk"), "x")


def test_a_wait_that_cannot_be_read() -> None:
    assert "时长" in fault('[[step]]\nwait = "三天"\n')


def test_one_scenario_by_itself() -> None:
    scenario = load(WHOLE, "one", {"村民": ["张三"], "文书": ["王五"]})
    assert run(folder(), scenario).passed


def test_holidays_are_not_counted() -> None:
    report = played('[calendar]\n"2026-03-03" = "休"\n"2026-03-07" = "班"\n' + APPLY)
    assert "3 月 5 日以前办" in report.text()
    report = played('[calendar]\n"2026-03-03" = "休"\n' + APPLY + '[[step]]\nwait = "1wd"\n')
    assert "到了 3 月 4 日（周三）09:00" in report.text()
    for wrong in ('"2026-03-03" = "假"', '"三月" = "休"', '"2026-03-03" = 1'):
        assert "[calendar] 的" in fault(f"[calendar]\n{wrong}\n" + APPLY)


def test_a_procedure_may_start_with_data() -> None:
    report = played(WHOLE + '[data]\n"事由" = "村民说事"\n[expect.data]\n"事由" = "村民说事"\n')
    assert report.passed, report.text()
