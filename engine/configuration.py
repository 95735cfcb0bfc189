"""Configuration by environment. `OPTIONS` is the one table of what there is; anything unsafe refuses to start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from engine.redlines import PROCESSES
from engine.store.database import Database


class ConfigurationError(ValueError):
    """The environment is not fit to start with. Chinese; says every mistake and what to set."""


class Option(NamedTuple):
    name: str
    default: str  # as the documentation shows it
    meaning: str  # Chinese


OPTIONS = (
    Option("CUNYI_DATA_DIR", "./data", "数据目录：默认的数据库文件和示范密钥放在这里"),
    Option(
        "CUNYI_DATABASE_URL",
        "sqlite:///<数据目录>/cunyi.db",
        "数据库地址，sqlite:///文件 或 postgresql://用户:密码@主机/库",
    ),
    Option(
        "CUNYI_SECRET_KEY", "无，必须设置", "签名登录状态用的密钥，至少 32 个字符，各进程相同；示范时自动生成"
    ),
    Option("CUNYI_PROCESSES_DIR", "程序自带的 processes", "岗位、制度红线、节假日和自带流程所在的目录"),
    Option("CUNYI_SITE_NAME", "村议", "页面抬头显示的名称"),
    Option("CUNYI_SECURE_COOKIES", "1", "只在 HTTPS 下发送登录状态；示范时为 0"),
    Option("CUNYI_TRUSTED_PROXIES", "0", "前面有几层可信的反向代理；据此取来访地址"),
    Option("CUNYI_SESSION_HOURS", "12", "多少小时不用就要重新登录"),
    Option("CUNYI_POOL_SIZE", "16", "每个进程最多常开多少个数据库连接"),
    Option(
        "CUNYI_BALLOT_KEYS",
        "<数据目录>/ballot-keys",
        "无记名投票期间存放密钥的目录，表决一结束就销毁；各进程要用同一个目录，不要备份它",
    ),
    Option("CUNYI_LOG_LEVEL", "INFO", "日志级别：DEBUG、INFO、WARNING、ERROR"),
    Option("CUNYI_DEMO", "0", "示范：允许不设密钥、不用 HTTPS，载入示例县；不能用于真实数据"),
)

MINIMUM_KEY = 32
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Configuration:
    database_url: str = field(repr=False)  # may hold a password
    secret_key: str = field(repr=False)
    data_dir: Path
    processes_dir: Path = PROCESSES
    site_name: str = "村议"
    secure_cookies: bool = True
    trusted_proxies: int = 0
    session_hours: int = 12
    pool_size: int = 16
    log_level: str = "INFO"
    demo: bool = False
    ballot_keys: Path | None = None  # None: beside the default database

    @property
    def keys_dir(self) -> Path:
        """Where the keys of secret ballots lie while they are open."""
        return self.ballot_keys or self.data_dir / "ballot-keys"

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None, demo: bool = False) -> "Configuration":
        """Read the environment. Raises ConfigurationError listing everything that is wrong, never half of it."""
        reader = _Reader(os.environ if env is None else env)
        demo = reader.flag("CUNYI_DEMO", demo)
        data_dir = Path(reader.text("CUNYI_DATA_DIR", "data")).absolute()
        read = cls(
            database_url=reader.database_url(data_dir),
            secret_key=reader.secret_key(data_dir, demo),
            data_dir=data_dir,
            processes_dir=reader.folder("CUNYI_PROCESSES_DIR", PROCESSES),
            site_name=reader.text("CUNYI_SITE_NAME", "村议"),
            secure_cookies=reader.flag("CUNYI_SECURE_COOKIES", not demo),
            trusted_proxies=reader.number("CUNYI_TRUSTED_PROXIES", 0, 0, 8),
            session_hours=reader.number("CUNYI_SESSION_HOURS", 12, 1, 720),
            pool_size=reader.number("CUNYI_POOL_SIZE", 16, 1, 256),
            log_level=reader.choice("CUNYI_LOG_LEVEL", "INFO", _LEVELS),
            demo=demo,
            ballot_keys=reader.keys_dir(data_dir),
        )
        reader.finish()
        return read


class _Reader:
    """Reads one value after another and keeps the mistakes for the end."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        known = {option.name for option in OPTIONS}
        unknown = sorted(name for name in env if name.startswith("CUNYI_") and name not in known)
        self.mistakes = [f"{name}：没有这个配置项，是不是写错了" for name in unknown]

    def finish(self) -> None:
        if self.mistakes:
            raise ConfigurationError(
                "配置不对，没有启动：\n" + "\n".join(f"- {one}" for one in self.mistakes)
            )

    def text(self, name: str, default: str) -> str:
        return self._env.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, "1" if default else "0").lower()
        if value not in ("0", "1", "true", "false"):
            self.mistakes.append(f"{name}：只能写 1 或 0")
        return value in ("1", "true")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            self.mistakes.append(f"{name}：要写 {low} 到 {high} 之间的整数")
            return default
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.mistakes.append(f"{name}：只能写 {'、'.join(choices)}")
        return value

    def folder(self, name: str, default: Path) -> Path:
        folder = Path(self.text(name, str(default)))
        if not folder.is_dir():
            self.mistakes.append(f"{name}：没有这个目录（{folder}）")
        return folder

    def database_url(self, data_dir: Path) -> str:
        url = self.text("CUNYI_DATABASE_URL", f"sqlite:///{data_dir / 'cunyi.db'}")
        try:
            Database.check(url)
        except ValueError as error:
            self.mistakes.append(f"CUNYI_DATABASE_URL：{error}")
        return url

    def keys_dir(self, data_dir: Path) -> Path:
        """Never where the database lies: whoever copies that folder to keep it would keep the keys as well."""
        folder = Path(self.text("CUNYI_BALLOT_KEYS", str(data_dir / "ballot-keys"))).absolute().resolve()
        kept = [data_dir, *_files_of(self.text("CUNYI_DATABASE_URL", ""))]
        if any(place.resolve().is_relative_to(folder) for place in kept):
            self.mistakes.append(
                "CUNYI_BALLOT_KEYS：密钥不能和数据库放在一起，备份会一起拷走，请单独用一个目录"
            )
        return folder

    def secret_key(self, data_dir: Path, demo: bool) -> str:
        key = self.text("CUNYI_SECRET_KEY", "")
        if not key and demo:
            return _demo_key(data_dir)
        if len(key) < MINIMUM_KEY or len(set(key)) < 8:
            self.mistakes.append(
                f"CUNYI_SECRET_KEY：要设置至少 {MINIMUM_KEY} 个字符的随机密钥，"
                "可以用 python -c 'import secrets; print(secrets.token_urlsafe(48))' 生成"
            )
        return key


def _files_of(url: str) -> list[Path]:
    """The file of an SQLite database, as its address names it."""
    kind, _, path = url.partition(":///")
    return [Path(path.partition("?")[0]).absolute()] if path and kind.startswith("sqlite") else []


def _demo_key(data_dir: Path) -> str:
    """A key of the demo's own, made once, so that several processes and the next start agree on it."""
    path = data_dir / "demo.key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key
