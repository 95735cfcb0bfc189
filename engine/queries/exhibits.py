"""The papers of a matter that belong to a publication, and nothing else: what anybody may look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from engine.queries.disclosed import Photo
from engine.store.proceedings import agenda_items, meetings, notice_photos, notices, publications
from engine.store.tables import files


@dataclass
class Exhibits:
    """`types` are media types by file, of all that this matter has published."""

    types: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, c: Connection, instance_id: str) -> Exhibits:
        """Four statements."""
        ids = published(c, instance_id)
        query = select(files.c.id, files.c.media_type).where(files.c.id.in_(ids))
        return cls({row.id: row.media_type for row in c.execute(query)} if ids else {})

    def photos(self, ids: Sequence[str], label: str) -> list[Photo]:
        """Those of `ids` that are there, named after what they prove: a file's own name may be somebody's."""
        known = [each for each in dict.fromkeys(ids) if each in self.types]
        return [
            Photo(
                each, f"{label} {place}" if len(known) > 1 else label, self.types[each].startswith("image/")
            )
            for place, each in enumerate(known, 1)
        ]


def published(c: Connection, instance_id: str) -> set[str]:
    """Ids of the files that prove a notice, or the announcement of a meeting. Three statements."""
    of_notices = notices.c.instance_id == instance_id
    out = select(publications.c.evidence).join(notices, notices.c.task_id == publications.c.task_id)
    looked = select(notice_photos.c.file_id).join(notices, notices.c.task_id == notice_photos.c.task_id)
    told = (
        select(meetings.c.evidence)
        .join(agenda_items, agenda_items.c.meeting_id == meetings.c.id)
        .where(agenda_items.c.instance_id == instance_id, agenda_items.c.withdrawn_at.is_(None))
        .where(meetings.c.announced_at.is_not(None))
    )
    found = set(c.scalars(looked.where(of_notices)))
    return found | set(_each(c.scalars(out.where(of_notices)))) | set(_each(c.scalars(told)))


def _each(lists: Iterable[Sequence[str]]) -> Iterable[str]:
    return (one for each in lists for one in each)
