"""LB-8 through the operations, on both databases: who may do what, and what becomes of it."""

import pytest
from sqlalchemy import select

from engine import operations
from engine.refusal import Forbidden, Invalid, NotVisible, Overtaken
from engine.store.tables import instances, submissions

YES = {"结论": "同意", "说明": ""}
NO = {"结论": "不同意", "说明": "票据不全"}
ASK = {"结论": "有疑问", "说明": "买了几盏灯？"}
ENTERED = {"支付日期": "2026-03-04", "凭证号": "记-12"}


def row(office, matter):
    with office.database.read() as c:
        return c.execute(select(instances).where(instances.c.id == matter)).one()


def test_a_small_spending_is_approved_by_the_director_alone(office):
    matter = office.filled(4999.99)
    assert office.steps(matter) == ["主任审批"]
    office.do(matter, "主任审批", "主任", YES)
    done = office.do(matter, "登记支付", "会计", ENTERED)
    assert (done.status, done.outcome) == ("completed", "已支付")


@pytest.mark.parametrize(("amount", "step"), [(4999, "主任审批"), (5000, "联合审批"), (5001, "联合审批")])
def test_the_amount_decides_who_approves(office, amount, step):
    assert office.steps(office.filled(amount)) == [step]


def test_a_township_sets_the_amount_and_running_matters_keep_theirs(office):
    before = office.start()
    operations.set_parameters(office.runtime, office["管得宽"], "town", "zhichu", {"大额标准": 1000})
    office.do(before, "填报支出", "报账", office.spending(1000))
    assert office.steps(before) == ["主任审批"]
    assert office.steps(office.filled(1000)) == ["联合审批"]


def test_an_amount_outside_the_bounds_is_refused(office):
    with pytest.raises(Invalid) as refused:
        operations.set_parameters(office.runtime, office["管得宽"], "town", "zhichu", {"大额标准": 1})
    assert "大额标准" in refused.value.fields


def test_both_heads_sign_and_either_first(office):
    matter = office.filled(8000)
    assert office.do(matter, "联合审批", "主任", YES).open_tasks[0]["name"] == "联合审批"
    assert office.do(matter, "联合审批", "书记", YES).open_tasks[0]["name"] == "登记支付"


@pytest.mark.parametrize("first", ["书记", "主任"])
def test_either_refusal_ends_it_with_the_reason(office, first):
    matter = office.filled(8000)
    done = office.do(matter, "联合审批", first, NO)
    assert (done.status, done.outcome) == ("completed", "不予支出")
    assert done.results["联合审批"]["说明"] == "票据不全"


def test_a_refusal_without_a_reason_is_sent_back_to_the_form(office):
    matter = office.filled(8000)
    with pytest.raises(Invalid) as refused:
        office.do(matter, "联合审批", "书记", {"结论": "不同意", "说明": " "})
    assert "说明" in refused.value.fields


def test_a_question_goes_back_any_number_of_times(office):
    matter = office.filled(8000)
    for _ in range(5):
        office.do(matter, "联合审批", "主任", YES)
        office.do(matter, "联合审批", "书记", ASK)
        assert office.steps(matter) == ["填报支出"]
        office.do(matter, "填报支出", "报账", office.spending(8000))
    office.do(matter, "联合审批", "书记", YES)
    assert office.steps(matter) == ["联合审批"]  # what was agreed in an earlier round does not count
    office.do(matter, "联合审批", "主任", YES)
    assert office.steps(matter) == ["登记支付"]


def test_nobody_signs_twice(office):
    matter = office.filled(8000)
    office.do(matter, "联合审批", "书记", YES)
    with pytest.raises(Overtaken):
        office.do(matter, "联合审批", "书记", YES)


class TestOnePersonOnBothPosts:
    @pytest.fixture
    def matter(self, office):
        operations.dismiss(office.runtime, office["管得宽"], office["主任"], "village", "村委会主任")
        operations.appoint(office.runtime, office["管得宽"], office["书记"], "village", "村委会主任")
        office.add("副书记", "村党组织副书记")
        office.add("监督", "村务监督委员会主任")
        return office.filled(8000)

    def test_the_deputy_signs_second_and_supervision_reviews(self, office, matter):
        office.do(matter, "联合审批", "书记", YES)
        with pytest.raises(Overtaken):
            office.do(matter, "联合审批", "书记", YES)
        done = office.do(matter, "联合审批", "副书记", YES)
        assert done.results["联合审批"]["一肩挑"] is True
        assert office.steps(matter) == ["监督审核"]
        office.do(matter, "监督审核", "监督", YES)
        assert office.steps(matter) == ["登记支付"]

    def test_supervision_may_refuse(self, office, matter):
        office.do(matter, "联合审批", "副书记", YES)
        office.do(matter, "联合审批", "书记", YES)
        assert office.do(matter, "监督审核", "监督", NO).outcome == "不予支出"


def test_taking_on_the_second_post_while_it_is_open_seats_the_deputy(office):
    office.add("副书记", "村党组织副书记")
    office.add("监督", "村务监督委员会主任")
    matter = office.filled(8000)
    office.do(matter, "联合审批", "书记", YES)
    operations.dismiss(office.runtime, office["管得宽"], office["主任"], "village", "村委会主任")
    operations.appoint(office.runtime, office["管得宽"], office["书记"], "village", "村委会主任")
    with pytest.raises(Overtaken):
        office.do(matter, "联合审批", "书记", YES)
    office.do(matter, "联合审批", "副书记", YES)
    assert office.steps(matter) == ["监督审核"]


def test_the_reporter_cannot_approve_his_own_spending(office):
    matter = office.filled(100)
    with pytest.raises(Forbidden):
        office.do(matter, "主任审批", "报账", YES)


def test_strangers_see_nothing(office):
    matter = office.filled(100)
    for stranger in ("外村", "百姓"):
        with pytest.raises(NotVisible):
            office.do(matter, "主任审批", stranger, YES)


def test_a_task_done_is_not_done_again(office):
    matter = office.filled(100)
    task = office.task(matter, "主任审批")
    operations.complete_task(office.runtime, office["主任"], task.id, YES)
    with pytest.raises(Overtaken, match="您"):
        operations.complete_task(office.runtime, office["主任"], task.id, YES)
    with pytest.raises(Overtaken, match="主任"):
        operations.complete_task(office.runtime, office["书记"], task.id, YES)


@pytest.mark.parametrize(
    "extra", [{"typename": "x"}, {"办理人": [1]}, {"lane_owners": {}}, {"联合审批": {"结论": "同意"}}]
)
def test_keys_the_form_does_not_declare_are_refused(office, extra):
    matter = office.start()
    with pytest.raises(Invalid) as refused:
        office.do(matter, "填报支出", "报账", office.spending(100) | extra)
    assert set(extra) <= set(refused.value.fields)
    assert office.steps(matter) == ["填报支出"]


def test_a_file_of_somebody_else_is_refused(office):
    matter = office.start()
    with pytest.raises(Invalid):
        office.do(matter, "填报支出", "报账", office.spending(100, by="外村"))


class TestSigning:
    def test_who_signed_keeps_it_until_given_back(self, office):
        matter = office.start(by="报账")
        task = office.task(matter, "填报支出").id
        with pytest.raises(Overtaken, match="报账"):
            operations.claim_task(office.runtime, office["老报"], task)
        with pytest.raises(Forbidden):
            operations.release_task(office.runtime, office["老报"], task)
        operations.release_task(office.runtime, office["报账"], task)
        operations.claim_task(office.runtime, office["老报"], task)
        with pytest.raises(Overtaken, match="老报"):
            office.do(matter, "填报支出", "报账", office.spending(100))

    def test_losing_the_post_releases_what_was_signed_for(self, office):
        matter = office.start(by="报账")
        operations.dismiss(office.runtime, office["管得宽"], office["报账"], "village", "报账员")
        assert office.task(matter, "填报支出").claimed_by is None
        office.do(matter, "填报支出", "老报", office.spending(100, by="老报"))

    def test_the_administrator_reassigns_to_somebody_on_the_post_only(self, office):
        matter = office.start(by="报账")
        task = office.task(matter, "填报支出").id
        with pytest.raises(Invalid):
            operations.reassign_task(office.runtime, office["管得宽"], task, office["会计"], "出差")
        with pytest.raises(Forbidden):
            operations.reassign_task(office.runtime, office["书记"], task, office["老报"], "出差")
        operations.reassign_task(office.runtime, office["管得宽"], task, office["老报"], "出差了")
        assert office.task(matter, "填报支出").claimed_by == office["老报"]


class TestTakingBack:
    def test_ones_own_last_step_while_nobody_acted(self, office):
        matter = office.filled(100)
        operations.withdraw_step(office.runtime, office["报账"], matter)
        assert office.steps(matter) == ["填报支出"]
        assert office.task(matter, "填报支出").claimed_by == office["报账"]
        office.do(matter, "填报支出", "报账", office.spending(9000))
        assert office.steps(matter) == ["联合审批"]

    def test_not_somebody_elses(self, office):
        matter = office.filled(100)
        with pytest.raises(Overtaken):
            operations.withdraw_step(office.runtime, office["主任"], matter)

    def test_not_once_somebody_acted(self, office):
        matter = office.filled(100)
        operations.claim_task(office.runtime, office["主任"], office.task(matter, "主任审批").id)
        with pytest.raises(Overtaken):
            operations.withdraw_step(office.runtime, office["报账"], matter)

    def test_an_answer_in_a_joint_approval(self, office):
        matter = office.filled(8000)
        office.do(matter, "联合审批", "书记", YES)
        operations.withdraw_step(office.runtime, office["书记"], matter)
        done = office.do(matter, "联合审批", "书记", NO)
        assert done.outcome == "不予支出"

    def test_the_step_that_ended_the_matter_for_a_day(self, office):
        matter = office.filled(8000)
        office.do(matter, "联合审批", "书记", NO)
        operations.withdraw_step(office.runtime, office["书记"], matter)
        assert row(office, matter).status == "running"
        assert office.steps(matter) == ["联合审批"]
        office.do(matter, "联合审批", "书记", NO)
        office.wait(hours=25)
        with pytest.raises(Overtaken):
            operations.withdraw_step(office.runtime, office["书记"], matter)

    def test_a_reminder_is_no_reason(self, office):
        matter = office.filled(100)
        office.wait(days=4)
        operations.withdraw_step(office.runtime, office["报账"], matter)
        assert office.steps(matter) == ["填报支出"]


class TestOnBehalf:
    def paper(self, office):
        return [
            operations.upload_file(office.runtime, office["文书"], b"%PDF-1.4\n%%EOF\n", "原件.pdf")["id"]
        ]

    def test_the_clerk_enters_for_the_director_with_a_photo(self, office):
        matter = office.filled(100)
        for_director = {"on_behalf_of": office["主任"]}
        with pytest.raises(Invalid) as refused:
            office.do(matter, "主任审批", "文书", YES, **for_director)
        assert "papers" in refused.value.fields
        done = office.do(matter, "主任审批", "文书", YES, **for_director, papers=self.paper(office))
        assert done.results["主任审批"]["办理人"] == [office["主任"]]
        with office.database.read() as c:
            entered = c.execute(select(submissions).where(submissions.c.id == done.submission_id)).one()
        assert (entered.person_id, entered.entered_by) == (office["主任"], office["文书"])
        operations.confirm_submission(office.runtime, office["主任"], done.submission_id)
        with pytest.raises(NotVisible):
            operations.confirm_submission(office.runtime, office["书记"], done.submission_id)

    def test_only_for_people_who_may_do_it(self, office):
        matter = office.filled(100)
        with pytest.raises(Invalid):
            office.do(matter, "主任审批", "文书", YES, on_behalf_of=office["会计"], papers=self.paper(office))

    def test_only_by_the_clerk(self, office):
        matter = office.filled(100)
        with pytest.raises(Forbidden):
            office.do(matter, "主任审批", "书记", YES, on_behalf_of=office["主任"], papers=["a" * 64])

    def test_a_joint_approval_counts_each_person_once(self, office):
        matter = office.filled(8000)
        office.do(matter, "联合审批", "文书", YES, on_behalf_of=office["书记"], papers=self.paper(office))
        with pytest.raises(Overtaken):
            office.do(matter, "联合审批", "书记", YES)
        office.do(matter, "联合审批", "主任", YES)
        assert office.steps(matter) == ["登记支付"]


class TestCancelling:
    def test_who_started_it_may_with_a_reason(self, office):
        matter = office.filled(100)
        with pytest.raises(Invalid):
            operations.cancel_matter(office.runtime, office["报账"], matter, " ")
        done = operations.cancel_matter(office.runtime, office["报账"], matter, "重复填报")
        assert done.status == "cancelled"
        assert office.steps(matter) == []
        with pytest.raises(Overtaken):
            operations.cancel_matter(office.runtime, office["报账"], matter, "重复填报")

    def test_others_may_not(self, office):
        matter = office.filled(100)
        with pytest.raises(Forbidden):
            operations.cancel_matter(office.runtime, office["会计"], matter, "不想办")
        operations.cancel_matter(office.runtime, office["管得宽"], matter, "重复填报")


class TestStarting:
    def test_only_by_the_post_the_procedure_names(self, office):
        with pytest.raises(Forbidden):
            office.start(by="会计")
        with pytest.raises(Forbidden):
            office.start(by="外村")

    def test_not_in_a_unit_of_another_level(self, office):
        with pytest.raises(Invalid):
            operations.start_matter(office.runtime, office["报账"], "zhichu", "town", "修路灯")

    def test_not_without_a_title(self, office):
        with pytest.raises(Invalid):
            office.start(title="  ")

    def test_matters_are_numbered_by_unit_and_year(self, office):
        numbers = [row(office, office.start()).number for _ in range(2)]
        assert numbers == ["清溪镇柳湾村〔2026〕1号", "清溪镇柳湾村〔2026〕2号"]


class TestTime:
    def test_three_working_days_remind_and_six_bring_the_township_in(self, office):
        matter = office.filled(8000)
        office.wait(days=3)  # Thursday nine o'clock: the third working day is not over
        assert office.task(matter, "联合审批").reminded_at is None
        office.wait(hours=16)
        assert office.task(matter, "联合审批").reminded_at is not None
        assert office.steps(matter) == ["联合审批"]
        office.wait(days=7)
        assert office.steps(matter) == ["督促答复", "联合审批"]
        office.do(matter, "联合审批", "书记", YES)
        office.do(matter, "联合审批", "主任", YES)
        assert office.steps(matter) == ["登记支付"]

    def test_a_worker_that_was_down_catches_up_once(self, office):
        matter = office.filled(8000)
        office.wait(days=90)
        assert office.steps(matter).count("督促答复") == 1
        office.wait(hours=1)
        assert office.steps(matter).count("督促答复") == 1
