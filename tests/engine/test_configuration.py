"""Configuration: what is unsafe does not start, every mistake is named at once, and the table is complete."""

import dataclasses
from pathlib import Path

import pytest

from engine.configuration import OPTIONS, Configuration, ConfigurationError

KEY = "kq8Zt0vYx3LmN7sPwR2uEaHcJbDfGiTo"


def read(tmp_path: Path, demo: bool = False, **env: str) -> Configuration:
    return Configuration.from_environment({"CUNYI_DATA_DIR": str(tmp_path)} | env, demo=demo)


def test_a_safe_start_needs_only_a_key(tmp_path: Path) -> None:
    configuration = read(tmp_path, CUNYI_SECRET_KEY=KEY)
    assert configuration.database_url == f"sqlite:///{tmp_path}/cunyi.db"
    assert configuration.secure_cookies
    assert not configuration.demo
    assert (configuration.processes_dir / "posts.toml").exists()


@pytest.mark.parametrize("key", ["", "short", "a" * 40, "change-me"])
def test_a_missing_or_weak_key_does_not_start(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigurationError, match=r"CUNYI_SECRET_KEY.*至少 32 个字符"):
        read(tmp_path, CUNYI_SECRET_KEY=key)
    assert list(tmp_path.iterdir()) == []


def test_the_demo_makes_its_own_key_once(tmp_path: Path) -> None:
    first, second = read(tmp_path, demo=True), read(tmp_path, CUNYI_DEMO="1")
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert not first.secure_cookies
    assert (tmp_path / "demo.key").stat().st_mode & 0o077 == 0


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(
            tmp_path,
            CUNYI_DATABASE_URL="mysql://a",
            CUNYI_SESSION_HOURS="０",
            CUNYI_SECURE_COOKIES="yes",
            CUNYI_LOG_LEVEL="LOUD",
            CUNYI_PROCESSES_DIR="/no/such",
            CUNYI_SECRET="x",
        )
    for name in (
        "DATABASE_URL",
        "SESSION_HOURS",
        "SECURE_COOKIES",
        "LOG_LEVEL",
        "PROCESSES_DIR",
        "SECRET",
        "SECRET_KEY",
    ):
        assert f"CUNYI_{name}：" in str(caught.value)


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = repr(read(tmp_path, CUNYI_SECRET_KEY=KEY, CUNYI_DATABASE_URL="postgresql://u:hunter2@h/d"))
    assert KEY not in shown
    assert "hunter2" not in shown


def test_the_table_names_every_setting() -> None:
    settings = {f"CUNYI_{field.name.upper()}" for field in dataclasses.fields(Configuration)}
    assert {option.name for option in OPTIONS} == settings
    assert all(option.meaning for option in OPTIONS)


def test_the_keys_of_secret_ballots_lie_apart_from_the_database(tmp_path: Path) -> None:
    assert read(tmp_path, CUNYI_SECRET_KEY=KEY).keys_dir == tmp_path / "ballot-keys"
    elsewhere = tmp_path / "elsewhere"
    database = f"sqlite:///{elsewhere}/county.db"
    for folder in (tmp_path, elsewhere):
        with pytest.raises(ConfigurationError, match=r"CUNYI_BALLOT_KEYS：.*单独用一个目录"):
            read(
                tmp_path / "data",
                CUNYI_SECRET_KEY=KEY,
                CUNYI_DATABASE_URL=database,
                CUNYI_BALLOT_KEYS=str(folder),
            )
