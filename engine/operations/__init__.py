"""Every change anyone makes is one function here, called alike by page, API, command line and clock.

Read and compute first, then one short write transaction (`work`). Each raises the kinds of
`engine.refusal.Refusal`, and
then nothing has changed.
"""

from engine.operations import (
    acting,
    assessments,
    ballots,
    deliberations,
    moderation,
    notices,
    opinions,
    slips,
)
from engine.operations.acting import Receipt
from engine.operations.administration import (
    add_person,
    appoint,
    change_password,
    dismiss,
    reassign_task,
    release_for,
    reset_password,
)
from engine.operations.arrivals import arrive, arrive_by_code
from engine.operations.beginning import begin_blank, begin_change, begin_copy, begin_from_file
from engine.operations.calendars import publish_calendar
from engine.operations.clockwork import deliver, fire_timers, remind
from engine.operations.draft_folders import go_back, put_aside, remove_draft, replace_folder, restore_draft
from engine.operations.draft_forms import copy_form, create_form, remove_form, rename_form
from engine.operations.draft_repairs import repair_draft
from engine.operations.draft_settings import put_parameter, remove_parameter, set_draft_settings
from engine.operations.drafts import change_files, create_draft, remove_file, save_file
from engine.operations.explorations import explore_draft, stop_exploration
from engine.operations.incidents import retry_incident
from engine.operations.matters import cancel_matter, confirm_submission, start_matter, withdraw_step
from engine.operations.opinions import confirm_opinion
from engine.operations.page_standing import put_up_page, take_down_page
from engine.operations.papers import receive_filing_receipt, register_filing, register_seal_use
from engine.operations.parameters import set_parameters
from engine.operations.publishing import publish_draft, publish_procedure
from engine.operations.signing import sign_minutes, sign_minutes_for, write_minutes
from engine.operations.tasks import act_on_task, claim_task, complete_task, release_task
from engine.operations.uploads import read_file, upload_file
from engine.operations.viewing import note_view
from engine.operations.withdrawing import lift_withdrawal, withdraw_procedure
from engine.operations.work import Done

# Who does the acts of each kind of collective step; a new kind is a line here.
acting.HANDLERS |= {
    "assess": assessments.ACTS | slips.ACTS,
    "ballot": ballots.ACTS,
    "consult": opinions.ACTS | moderation.ACTS | slips.ACTS,
    "deliberate": deliberations.ACTS,
    "notice": notices.ACTS | moderation.ACTS,
}

__all__ = [
    "Done",
    "Receipt",
    "act_on_task",
    "add_person",
    "appoint",
    "arrive",
    "arrive_by_code",
    "begin_blank",
    "begin_change",
    "begin_copy",
    "begin_from_file",
    "cancel_matter",
    "change_files",
    "change_password",
    "claim_task",
    "complete_task",
    "confirm_opinion",
    "confirm_submission",
    "copy_form",
    "create_draft",
    "create_form",
    "deliver",
    "dismiss",
    "explore_draft",
    "fire_timers",
    "go_back",
    "lift_withdrawal",
    "note_view",
    "publish_calendar",
    "publish_draft",
    "publish_procedure",
    "put_aside",
    "put_parameter",
    "put_up_page",
    "read_file",
    "reassign_task",
    "receive_filing_receipt",
    "register_filing",
    "register_seal_use",
    "release_for",
    "release_task",
    "remind",
    "remove_draft",
    "remove_file",
    "remove_form",
    "remove_parameter",
    "rename_form",
    "repair_draft",
    "replace_folder",
    "reset_password",
    "restore_draft",
    "retry_incident",
    "save_file",
    "set_draft_settings",
    "set_parameters",
    "sign_minutes",
    "sign_minutes_for",
    "start_matter",
    "stop_exploration",
    "take_down_page",
    "upload_file",
    "withdraw_procedure",
    "withdraw_step",
    "write_minutes",
]
