"""Standard loop: the activity runs again while its condition holds, at most so many times."""

from engine.execution.nodes.loop import Loop
from engine.execution.token import Token


class StandardLoop(Loop):
    def enter(self, token: Token) -> bool:
        self.start_counting(token)
        if self.loop.maximum == 0 or (self.loop.test_before and not self.goes_on(token)):
            return True
        self.add_instance(token)
        return False

    def instance_done(self, token: Token, instance: Token) -> None:
        token.memory["done"] += 1
        if self.goes_on(token):
            self.add_instance(token)
        else:
            token.ready()

    def goes_on(self, token: Token) -> bool:
        done = token.memory["done"]
        if self.loop.maximum is not None and done >= self.loop.maximum:
            return False
        if self.loop.condition is None:
            return True
        return self.holds(self.loop.condition, token.instance.view(token, {"loopCounter": done}))
