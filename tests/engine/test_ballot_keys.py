"""The keys of secret ballots: read by nobody else, opened only by the round they belong to, and gone when told so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.public import PrivateKey, PublicKey, SealedBox

from engine.ballot_keys import BallotKeys, KeyLost, KeysUnsafe

TASK = "a" * 32
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> BallotKeys:
    return BallotKeys(tmp_path / "keys")


def test_what_is_sealed_to_the_public_half_is_opened_by_the_file(keys: BallotKeys) -> None:
    public = keys.make(TASK, NOW)
    box = SealedBox(PublicKey(bytes.fromhex(public))).encrypt(b"yes")
    assert SealedBox(keys.private(TASK, public)).decrypt(box) == b"yes"
    [file] = keys.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [held.made_at for held in keys.held()] == [NOW]
    assert keys.folder.stat().st_mode & 0o777 == 0o700


def test_every_round_has_a_key_of_its_own(keys: BallotKeys) -> None:
    assert keys.make(TASK, NOW) != keys.make(TASK, NOW)
    assert [held.task_id for held in keys.held()] == [TASK, TASK]


def test_a_destroyed_key_is_gone_for_good(keys: BallotKeys) -> None:
    public = keys.make(TASK, NOW)
    keys.destroy(TASK, public)
    keys.destroy(TASK, public)
    with pytest.raises(KeyLost):
        keys.private(TASK, public)
    assert not list(keys.held())


def test_a_key_is_overwritten_before_it_is_removed(keys: BallotKeys) -> None:
    """A name elsewhere for the same file shows what stood in it when it went."""
    public = keys.make(TASK, NOW)
    [file] = keys.folder.iterdir()
    other = keys.folder.parent / "copy"
    other.hardlink_to(file)
    before = other.read_bytes()
    keys.destroy(TASK, public)
    assert other.read_bytes() != before


def test_a_file_that_is_another_key_or_none_does_not_open(keys: BallotKeys) -> None:
    public = keys.make(TASK, NOW)
    [file] = keys.folder.iterdir()
    for content in (bytes(PrivateKey.generate()), b"", b"short"):
        file.write_bytes(content)
        with pytest.raises(KeyLost):
            keys.private(TASK, public)


def test_a_folder_others_can_read_is_refused(keys: BallotKeys) -> None:
    keys.folder.mkdir(mode=0o755)
    keys.folder.chmod(0o755)
    with pytest.raises(KeysUnsafe, match="0700"):
        keys.make(TASK, NOW)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeysUnsafe, match="写不进去"):
        BallotKeys(tmp_path / "file" / "keys").make(TASK, NOW)


def test_no_name_leads_out_of_the_folder(keys: BallotKeys) -> None:
    with pytest.raises(ValueError, match="no name"):
        keys.destroy("../../etc", "0" * 64)


def test_what_else_lies_there_is_left_alone(keys: BallotKeys) -> None:
    keys.make(TASK, NOW)
    (keys.folder / "README").write_text("not a key")
    assert len(list(keys.held())) == 1
    assert not list(BallotKeys(keys.folder / "nowhere").held())
