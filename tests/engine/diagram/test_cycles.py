"""The rule about cycles against a simulation: what was accepted always comes to rest, whatever is chosen."""

import random

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tests.engine.diagram.drawn import bpmn, node, refused

KINDS = {
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "throw": "intermediateThrowEvent",
    "user": "userTask",
}


@st.composite
def graphs(draw):
    """A start, up to six nodes, an end, and any flows between them that reach everything."""
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=2, max_size=6))
    names = range(len(kinds))
    flows = {("s", 0)}
    for name in names:  # everything is reachable and everything leads on
        if name:
            flows.add((draw(st.integers(0, name - 1)), name))
        flows.add((name, draw(st.integers(0, len(kinds) - 1) | st.just("e"))))
    flows |= draw(st.sets(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=4))
    return kinds, sorted(flows, key=str)


def file_of(kinds, flows) -> bytes:
    body = node("startEvent", "s") + node("endEvent", "e")
    body += "".join(node(KINDS[kind], f"n{i}") for i, kind in enumerate(kinds))
    for number, (source, target) in enumerate(flows):
        ends = [end if isinstance(end, str) else f"n{end}" for end in (source, target)]
        many = source != "s" and kinds[source] == "xor" and sum(s == source for s, _ in flows) > 1
        condition = "<conditionExpression>1</conditionExpression>" if many else ""
        body += f'<sequenceFlow id="f{number}" sourceRef="{ends[0]}" targetRef="{ends[1]}">{condition}</sequenceFlow>'
    return bpmn(body)


def firings(kinds, flows, chance: random.Random, bound: int) -> int:
    """How many automatic steps happen from the start, or from after any person's task, choices by chance."""
    begin = chance.choice(["s", *(i for i, kind in enumerate(kinds) if kind == "user")])
    tokens = [flow for flow in flows if flow[0] == begin]
    for count in range(bound):
        for token in chance.sample(tokens, len(tokens)):
            target = token[1]
            if target == "e" or kinds[target] == "user":
                continue
            needed = [flow for flow in flows if flow[1] == target] if kinds[target] == "and" else [token]
            if all(flow in tokens for flow in needed):
                break
        else:
            return count
        for flow in needed:
            tokens.remove(flow)
        out = [flow for flow in flows if flow[0] == target]
        tokens += [chance.choice(out)] if kinds[target] == "xor" else out
    return bound


@settings(max_examples=150, deadline=None)
@given(graph=graphs(), seed=st.integers())
def test_what_is_accepted_comes_to_rest(graph, seed):
    kinds, flows = graph
    codes = refused(file_of(kinds, flows))
    assume(set(codes) <= {"endless-cycle"})
    event("refused" if codes else "accepted")
    if not codes:
        assert firings(kinds, flows, random.Random(seed), 2_000) < 2_000


@settings(max_examples=150, deadline=None)
@given(graph=graphs())
def test_without_forks_the_rule_is_exact(graph):
    """With one token, a cycle is endless exactly if it can be walked without meeting a person."""
    kinds, flows = graph
    several = {name for name in range(len(kinds)) if sum(source == name for source, _ in flows) > 1}
    plain = ["throw" if kind == "and" else kind for kind in kinds]
    kinds = ["xor" if name in several else kind for name, kind in enumerate(plain)]
    codes = refused(file_of(kinds, flows))
    assume(set(codes) <= {"endless-cycle"})
    automatic = {i for i, kind in enumerate(kinds) if kind != "user"}
    reach = {(s, t) for s, t in flows if s in automatic and t in automatic}
    for _ in kinds:
        reach |= {(a, d) for a, b in reach for c, d in reach if b == c}
    assert bool(codes) == any((name, name) in reach for name in automatic)
