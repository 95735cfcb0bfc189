"""A procedure's scenarios (情形) are its proof: all of them are played before it is published."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from time import monotonic

from engine.diagram import Procedure
from engine.execution import Placed
from engine.refusal import Invalid
from engine.scenarios import Report, run_folder
from engine.store.packing import pack

KEPT = 64  # contents whose reports a process remembers: the page before publishing has just shown them
SHOWN = 10
PATIENCE = 20.0  # seconds for one scenario: a shipped one takes a twentieth of one
ALTOGETHER = 180.0  # seconds for a folder's: a shipped one takes less than ten

_reports: OrderedDict[str, Sequence[Report]] = OrderedDict()
_lock = Lock()


def prove(files: Mapping[str, bytes], called: Mapping[str, Procedure]) -> Sequence[Report]:
    """Play every scenario of the folder with the procedures it calls; the same content always gives the same reports.

    Raises engine.diagram.DiagramError where the procedure cannot be executed.
    """
    key = _digest(files, called)
    with _lock:
        known = _reports.get(key)
    if known is not None:
        return known
    began = monotonic()
    reports = tuple(run_folder(Placed(files, called), PATIENCE, ALTOGETHER))
    if monotonic() - began >= PATIENCE:
        return reports  # one of them may only have been too slow today
    with _lock:
        _reports[key] = reports
        while len(_reports) > KEPT:
            _reports.popitem(last=False)
    return reports


def require_proven(files: Mapping[str, bytes], called: Mapping[str, Procedure]) -> None:
    """Raises Invalid with every scenario that comes out differently from what it says."""
    failed = [report for report in prove(files, called) if not report.passed]
    if failed:
        told = [f"情形“{one.title}”：{'；'.join(one.faults[:2])}" for one in failed[:SHOWN]]
        more = [f"还有 {len(failed) - SHOWN} 个"] if len(failed) > SHOWN else []
        raise Invalid(
            "scenarios",
            f"有 {len(failed)} 个情形的结果和写的不一样，还不能发布。"
            "是流程画错了就改流程，是规矩变了就改情形：\n" + "\n".join(told + more),
        )


def _digest(files: Mapping[str, bytes], called: Mapping[str, Procedure]) -> str:
    every = [pack(files), *(pack(called[key].files) for key in sorted(called))]
    return hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in every)).hexdigest()
