"""Attacks from outside: what a stranger tries that is no mistake, and what becomes of it."""

import pytest

from engine.operations import attempts


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "::ffff:198.51.100.7", True),
        ("198.51.100.7", "198.51.100.7:52011", True),
        ("2001:db8::1", "[2001:db8::2]:443", True),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("unknown", "198.51.100.7", False),
    ],
)
def test_who_is_one_visitor(one, other, same):
    """A server on IPv6 writes every IPv4 address as one of a single /64: the whole country would be one visitor."""
    assert (attempts.visitor(one) == attempts.visitor(other)) is same
