"""The photos of paper originals a clerk attached (代录, procedures.md 11.1): who is to confirm must see them."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from engine.queries.results import Attachment, Line
from engine.store.tables import file_uses

LABEL = "纸质原件"


def attached(c: Connection, submission_ids: Collection[str]) -> dict[str, list[Attachment]]:
    """Files by the submission they came with. One statement, and none without submissions."""
    found: dict[str, list[Attachment]] = {}
    if submission_ids:
        query = (
            select(file_uses.c.submission_id, file_uses.c.file_id, file_uses.c.name)
            .where(file_uses.c.submission_id.in_(submission_ids))
            .order_by(file_uses.c.id)
        )
        for submission, file, name in c.execute(query):
            found.setdefault(submission, []).append(Attachment(file, name))
    return found


def with_papers(lines: list[Line], files: Collection[Attachment]) -> list[Line]:
    """The lines of a submission, and the originals that stand in none of its fields."""
    shown = {file.id for line in lines for file in line.files}
    papers = tuple(file for file in files if file.id not in shown)
    return [*lines, Line(LABEL, files=papers)] if papers else lines
