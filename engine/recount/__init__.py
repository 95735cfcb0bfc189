"""Recounting a vote from its published file alone, without the rules the server counts by.

Written apart from engine.steps, and with fractions instead of its cross-multiplication, so that a mistake in one shows
against the other; a test keeps it from importing anything of the engine. docs/秘密投票.md explains the format for those
who would rather write a program of their own.
"""

from engine.recount.counting import verify
from engine.recount.reading import LARGEST, Unreadable
from engine.recount.report import Report

__all__ = ["LARGEST", "Report", "Unreadable", "verify"]
