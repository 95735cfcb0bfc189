"""The append-only, hash-chained record (留痕): one chain a matter, one a unit for everything else."""

from engine.journal.chain import (
    GENESIS,
    Entry,
    Head,
    append,
    append_to_unit,
    digest,
    instance_chain,
    link,
    new_salt,
)
from engine.journal.sealing import seal
from engine.journal.verification import Break, Checked, checkpoint, export_heads, verify

__all__ = [
    "GENESIS",
    "Break",
    "Checked",
    "Entry",
    "Head",
    "append",
    "append_to_unit",
    "checkpoint",
    "digest",
    "export_heads",
    "instance_chain",
    "link",
    "new_salt",
    "seal",
    "verify",
]
