"""The keys of secret ballots: one file for each round of a vote, outside the database, gone when the round has ended.

The public half stands with the ballot and seals what voters choose; only the file opens it. It is in no backup, journal
or log. All processes that serve one database must see the same folder.
"""

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nacl.public import PrivateKey

_NAME = re.compile(r"(?P<task>[0-9A-Za-z_-]{1,32})\.(?P<public>[0-9a-f]{64})\.key")


class KeyLost(Exception):
    """The key of this round is not there, or is not the one that sealed its ballots."""


class KeysUnsafe(Exception):
    """Others can read the folder, or it cannot be written to: no secret vote may begin. The message is Chinese."""


@dataclass(frozen=True)
class Held:
    """A key that lies in the folder."""

    task_id: str
    public: str
    made_at: datetime


class BallotKeys:
    """The folder of the keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, task_id: str, now: datetime) -> str:
        """A new key pair for a round of this step's vote; answers the public half, hexadecimal. Raises KeysUnsafe."""
        key = PrivateKey.generate()
        public = bytes(key.public_key).hex()
        try:
            self._prepare()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            descriptor = os.open(self._path(task_id, public), flags, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(bytes(key))
                file.flush()
                os.fsync(file.fileno())
                os.utime(file.fileno(), (now.timestamp(), now.timestamp()))  # the clock that asks for its age
            self._settle()
        except OSError as error:
            raise KeysUnsafe(f"存放选票密钥的目录写不进去（{error.strerror}）") from error
        return public

    def private(self, task_id: str, public: str) -> PrivateKey:
        """The key that opens what was sealed to `public`. Raises KeyLost."""
        try:
            key = PrivateKey(self._path(task_id, public).read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise KeyLost(task_id) from error
        if bytes(key.public_key).hex() != public:
            raise KeyLost(task_id)
        return key

    def holds(self, task_id: str, public: str) -> bool:
        """Whether the key that opens what is sealed to `public` lies here."""
        return self._path(task_id, public).is_file()

    def destroy(self, task_id: str, public: str) -> None:
        """Overwrite it, then remove it; nothing happens when it is gone already. Raises OSError."""
        path = self._path(task_id, public)
        try:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(max(32, path.stat().st_size)))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._settle()

    def held(self) -> Iterator[Held]:
        """The keys in the folder, without opening any."""
        try:
            entries = sorted(self.folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return
        for path in entries:
            found = _NAME.fullmatch(path.name)
            if found:
                try:
                    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                except FileNotFoundError:  # another process has destroyed it
                    continue
                yield Held(found["task"], found["public"], made)

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_mode & 0o077:
            raise KeysUnsafe(
                f"存放选票密钥的目录 {self.folder} 别人也能进，请改成只有运行程序的用户能读写（0700）"
            )

    def _settle(self) -> None:
        """Make what happened to the folder outlive a crash of the machine."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, task_id: str, public: str) -> Path:
        name = f"{task_id}.{public}.key"
        if not _NAME.fullmatch(name):
            raise ValueError(f"no name of a key: {name!r}")
        return self.folder / name
