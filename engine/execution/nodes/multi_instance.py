"""Multi-instance: the activity runs once for every item of a list, or so many times, side by side or one by
one.
"""

from __future__ import annotations

from typing import Any

from engine.execution.nodes.loop import Loop
from engine.execution.token import Token
from engine.expressions import Expression, ExpressionError, UnknownName

MAX_INSTANCES = 1_000


class MultiInstance(Loop):
    """Stock crashes on a sequential one with an input item and on any that is reached a second time."""

    def enter(self, token: Token) -> bool:
        self.start_counting(token)
        items = self.items(token)
        token.memory["total"] = len(items)
        if self.loop.output:
            token.memory["out"] = {}
        if not items:
            self.collect(token)
            return True
        if self.loop.sequential:
            token.memory["items"] = items[1:]
            items = items[:1]
        for item in items:
            self.add_item(token, item)
        return False

    def items(self, token: Token) -> list[Any]:
        """The list to go through; a count stands for 0, 1, 2, …"""
        context = token.instance.view(token)
        if self.loop.collection:
            items = self.named(self.loop.collection, context)
            if not isinstance(items, list):
                what = "没有" if items is None else "不是一张名单（列表）"
                raise self.failure(
                    f"要按“{self.loop.collection}”逐项办理，可是它{what}。请让前面的步骤填好它"
                )
            count = len(items)
        else:
            count = self.count(context)
            items = None
        if count > MAX_INSTANCES:
            raise self.failure(f"一次最多同时办理 {MAX_INSTANCES} 份，这里要 {count} 份。请分批办理")
        return list(range(count)) if items is None else list(items)

    def named(self, collection: str, context: dict[str, Any]) -> Any:
        """The list of this name, or of this field of a step's result (`任务分解.事项`); None where nobody set it."""
        try:
            return Expression(collection).evaluate(context)
        except UnknownName:
            return None
        except ExpressionError as error:
            raise self.failure(str(error)) from error

    def count(self, context: dict[str, Any]) -> int:
        assert self.loop.cardinality is not None
        count = self.evaluate(self.loop.cardinality, context)
        if isinstance(count, str) and count.strip().isdecimal() and len(count.strip()) < 10:
            count = int(count)
        if isinstance(count, float) and count.is_integer():
            count = int(count)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise self.failure(f"办理的份数要是 0 或正整数，现在是“{str(count)[:40]}”")
        return count

    def add_item(self, token: Token, item: Any) -> None:
        self.add_instance(token, **({self.loop.input_item: item} if self.loop.input_item else {}))

    def instance_done(self, token: Token, instance: Token) -> None:
        memory = token.memory
        memory["done"] += 1
        if self.loop.output:
            memory["out"][str(instance.memory["index"])] = self.output_of(instance)
        if memory["done"] >= memory["total"] or self.is_complete(token, instance):
            for child in token.children:
                if "index" in child.memory:
                    child.cancel()
            self.collect(token)
            token.ready()
        elif self.loop.sequential:
            self.add_item(token, memory["items"].pop(0))

    def output_of(self, instance: Token) -> Any:
        """The output item: written inside under its name, or a field of the step's result."""
        local, name = instance.memory["local"], self.loop.output_item
        if name in local:
            return local[name]
        result = local.get(self.node.key)
        if isinstance(result, dict) and name in result:
            return result[name]
        raise self.failure(f"每一份都要给出“{name}”，好汇成“{self.loop.output}”，可是有一份没有给出")

    def is_complete(self, token: Token, instance: Token) -> bool:
        if self.loop.completion is None:
            return False
        done, total = token.memory["done"], token.memory["total"]
        active = token.memory["next"] - done
        counters = {
            "numberOfInstances": total,
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": active,
            "numberOfTerminatedInstances": 0,
            "nrOfInstances": total,
            "nrOfCompletedInstances": done,
            "nrOfActiveInstances": active,
        }
        return self.holds(self.loop.completion, token.instance.view(instance, counters))

    def collect(self, token: Token) -> None:
        """The outputs in the order of the items, of the instances that ended."""
        if self.loop.output:
            out = token.memory["out"]
            token.instance.write(token, {self.loop.output: [out[index] for index in sorted(out, key=int)]})
