"""Clients in processes of their own, with one connection each that is kept open."""

import http.client
import json
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

Headers = dict[str, str]


class Link:
    """One connection to the server."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path: str, body: Any, token: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read() or b"null")


@dataclass
class Load:
    """What one client does again and again: `step` makes one request and tells whether it counted."""

    port: int
    step: Callable[[Link], bool]


class Client:
    """A process that works on being told, for so many seconds, and tells how much it did."""

    def __init__(self, make: Callable[..., Callable[[Link], bool]], port: int, *arguments: Any) -> None:
        self.pipe, there = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_work, args=(there, make, port, arguments), daemon=True)
        self.process.start()

    def begin(self, seconds: float) -> None:
        self.pipe.send(seconds)

    def result(self) -> int:
        answer = self.pipe.recv()
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return int(answer)

    def stop(self) -> None:
        self.pipe.send(None)
        self.process.join(10)


def _work(
    pipe: Connection, make: Callable[..., Callable[[Link], bool]], port: int, arguments: tuple[Any, ...]
) -> None:
    step, link = make(*arguments), Link(port)
    while (seconds := pipe.recv()) is not None:
        try:
            pipe.send(_for(seconds, step, link))
        except Exception as error:
            pipe.send(f"{type(error).__name__}: {error}")


def _for(seconds: float, step: Callable[[Link], bool], link: Link) -> int:
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        count += step(link)
    return count


def rate(clients: list[Client], seconds: float) -> float:
    """Requests a second of all of them together."""
    for client in clients:
        client.begin(seconds)
    return sum(client.result() for client in clients) / seconds
