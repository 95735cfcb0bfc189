"""一事一档: a whole matter as one PDF to print, and as one zip that anybody can verify without the database."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, Literal

from engine.archive.book import write_book
from engine.archive.bundle import write_bundle
from engine.archive.gathering import gather, require_archive
from engine.authorisation import Actor
from engine.documents.pdf import NoPdf, available
from engine.documents.subject import Subject
from engine.journal.proof import collect
from engine.runtime import Runtime

__all__ = ["archive", "may_archive"]


def archive(
    rt: Runtime, actor: Actor, instance_id: str, form: Literal["pdf", "zip"]
) -> tuple[IO[bytes], str]:
    """The archive of a matter in a temporary file, and its name. The caller closes the file.

    Raises NotVisible, Forbidden for who holds no post here or above, NoPdf, Unavailable while others' are made.
    """
    if form == "pdf" and not available():
        raise NoPdf
    with rt.database.snapshot() as c:  # chain, contents and documents as of one moment
        subject = Subject.read(rt, c, actor, instance_id)
        require_archive(actor, subject)
        found = gather(subject)
        proof = collect(c, instance_id, rt.now()) if form == "zip" else {}
    kept = TemporaryFile()  # noqa: SIM115  # handed out
    try:
        if form == "pdf":
            write_book(rt, found, kept)
        else:
            write_bundle(rt, found, proof, kept)
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return kept, f"{found.subject.row.title} 一事一档.{form}"


def may_archive(rt: Runtime, actor: Actor, instance_id: str) -> bool:
    """Whether this person may have the archive. Raises NotVisible."""
    path = rt.database.look(lambda c: Subject.read(rt, c, actor, instance_id).row.path)
    return actor.holds_post_above(path)
