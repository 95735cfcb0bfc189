"""Diagrams at random: what a walk that merges nothing comes to was seen by the one that merges."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, note, settings

from engine.execution import ExecutionError
from engine.execution.script import Script
from engine.exploration.canonical import key
from engine.exploration.findings import Findings
from engine.exploration.walk import Walker
from tests.engine.execution.structured import Scope, Writer
from tests.engine.execution.test_random_structured import scopes


@settings(max_examples=20, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(scopes())
def test_a_walk_that_merges_nothing_finds_nothing_new(scope: Scope) -> None:
    source = Writer().document(scope)
    note(source.decode())
    script = Script.load(source, {})
    walker = Walker(script, seconds=0.5)
    walked, chance = walker.walk(), random.Random(1)
    Findings(script, walked, walker.stopped).all()
    beginnings = list(walker.world.beginnings())
    for _ in range(0 if walker.stopped else 2):
        try:
            saved, running, _ = walker.world.begin(chance.choice(beginnings))
        except ExecutionError:
            continue
        for _ in range(25):
            moves = list(walker.world.moves(running))
            if not moves or walker.world.too_many(saved, running):
                break
            try:
                saved, running, _ = walker.world.apply(saved, chance.choice(moves))
            except ExecutionError:
                break
            if walker.world.too_many(saved, running) is None:
                assert key(walker.world, saved, running) in walker.known
