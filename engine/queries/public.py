"""The public side: what anybody may read without an account, by the code of a link."""

from engine.queries.disclosed import (
    BallotFile,
    Fact,
    Gathered,
    HouseholdAnswer,
    HouseholdPage,
    MatterLine,
    MatterPage,
    Notice,
    Participation,
    Photo,
    Publication,
    Slip,
    Stage,
    UnitPage,
    Voice,
)

__all__ = [
    "BallotFile",
    "Fact",
    "Gathered",
    "HouseholdAnswer",
    "HouseholdPage",
    "MatterLine",
    "MatterPage",
    "Notice",
    "Participation",
    "Photo",
    "Publication",
    "Slip",
    "Stage",
    "UnitPage",
    "Voice",
]
