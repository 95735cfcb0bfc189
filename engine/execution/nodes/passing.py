"""Nodes a token just passes: a start event without trigger, the catching end of a link."""

from engine.execution.nodes.step import Step


class Passing(Step):
    """Stock drops link events without a word; here the throwing end has a way to the catching one."""
