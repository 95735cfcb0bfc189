"""Exclusive gateway: one way, the first whose condition holds in the order of the file."""

from engine.execution.nodes.step import Step, Way
from engine.execution.token import Token


class ExclusiveGateway(Step):
    """Stock tries the conditions by the shapes' y-coordinates: moving a shape changes the route."""

    def choose(self, token: Token) -> list[Way]:
        context = token.instance.view(token) if len(self.ways) > 1 or self.ways[0].condition else {}
        for way in self.ways:
            if not way.is_default and (way.condition is None or self.holds(way.condition, context)):
                return [way]
        for way in self.ways:
            if way.is_default:
                return [way]
        raise self.no_way()
