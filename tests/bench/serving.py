"""A server as `cunyi serve` runs it, with one more route: the floor that completions are compared with.

python -m tests.bench.serving DATABASE_URL PORT
"""

import sys
from pathlib import Path

from flask import Flask, Response, request
from sqlalchemy import Column, Integer, MetaData, Table, bindparam, update

from engine.configuration import Configuration
from engine.people.accounts import find_token
from engine.runtime import Runtime
from webui.server import Server

metadata = MetaData()
floor = Table(
    "bench_floor", metadata, Column("id", Integer, primary_key=True), Column("n", Integer, nullable=False)
)
_UPDATE = update(floor).where(floor.c.id == bindparam("key")).values(n=floor.c.n + 1)


class BenchServer(Server):
    """The ordinary server; only the application has the floor mounted."""

    def load(self) -> Flask:
        app = super().load()
        assert self.runtime is not None
        mount_floor(app, self.runtime)
        return app


def mount_floor(app: Flask, runtime: Runtime) -> None:
    """The least a change can be here: authentication, one UPDATE by key, one commit, on the same engine and pool."""

    def touch(key: int) -> Response:
        secret = request.headers["Authorization"].removeprefix("Bearer ")
        account = runtime.database.look(lambda c: find_token(c, secret, runtime.now()))
        assert account is not None
        request.get_json()
        with runtime.database.write() as c:
            c.execute(_UPDATE, {"key": key})
        return Response(b"{}", content_type="application/json")

    # Under the API's name, so that the guard of the pages (sessions, CSRF) treats it alike.
    app.add_url_rule("/api/v1/bench/floor/<int:key>", "api.floor", touch, methods=["POST"])


def main() -> None:
    url, port = sys.argv[1:]
    here = Path.cwd()
    configuration = Configuration(
        database_url=url, secret_key="b" * 40, data_dir=here, log_level="WARNING", demo=True
    )
    BenchServer(configuration, "127.0.0.1", int(port), processes=2, threads=8, worker=False).run()


if __name__ == "__main__":
    main()
