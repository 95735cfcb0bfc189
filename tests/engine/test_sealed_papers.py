"""Sealed papers: one length for all, opened by one key, and never taken for another vote's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from engine.sealed_papers import LENGTH, Paper, PaperDamaged, new_receipt, seal, unseal

KEY = PrivateKey.generate()
PUBLIC = bytes(KEY.public_key).hex()
papers = st.builds(
    Paper,
    st.text("0123456789abcdef", min_size=32, max_size=32),
    st.integers(1, 50),
    st.integers(1, 9),
    st.builds(new_receipt),
    choice=st.sampled_from(["赞成", "反对", "弃权", None]),
    chosen=st.none() | st.lists(st.integers(1, 60), unique=True).map(tuple),
)


@given(papers)
def test_every_paper_comes_back_and_all_are_of_one_length(paper: Paper) -> None:
    sealed = seal(PUBLIC, paper)
    assert unseal(KEY, sealed) == paper
    assert len(sealed) == LENGTH + 48
    assert sealed != seal(PUBLIC, paper)  # two equal choices look different


def test_nothing_else_opens_it() -> None:
    sealed = seal(PUBLIC, Paper("a" * 32, 1, 1, new_receipt(), "赞成"))
    for key, box in ((PrivateKey.generate(), sealed), (KEY, sealed[:-1]), (KEY, b""), (KEY, b"x" * 560)):
        with pytest.raises(PaperDamaged):
            unseal(key, box)


def test_what_is_no_paper_is_not_taken_for_one() -> None:
    from nacl.public import SealedBox

    for content in (b"[]", b"{}", b"null", b"\xff", b"[1,2]"):
        with pytest.raises(PaperDamaged):
            unseal(KEY, SealedBox(KEY.public_key).encrypt(content))


def test_a_paper_that_would_be_longer_than_the_others_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="longer"):
        seal(PUBLIC, Paper("a" * 32, 1, 1, new_receipt(), chosen=tuple(range(300))))


def test_receipts_are_read_aloud_without_mistakes() -> None:
    found = {new_receipt() for _ in range(500)}
    assert len(found) == 500
    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", one) for one in found)
