"""A server that rises again: whenever it dies, a new one is forked from a parent that has everything imported.

    python -m tests.faults.rising DATABASE_URL FOLDER PORT

Each is the ordinary server in a process group of its own, whose id is written to FOLDER/group; a hundred of them can be
killed in the time ten would take to start from nothing.
"""

import os
import sys
from pathlib import Path

from engine.configuration import Configuration
from webui.app import create_app  # noqa: F401  (imported before the fork, that the children need not)
from webui.server import Server


def main() -> None:
    url, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    configuration = Configuration(database_url=url, secret_key="r" * 40, data_dir=folder, demo=True)
    while True:
        child = os.fork()
        if child == 0:
            os.setsid()
            (folder / "group.new").write_text(str(os.getpid()))
            (folder / "group.new").rename(folder / "group")
            Server(configuration, "127.0.0.1", port, processes=2, threads=8, worker=False).run()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
