"""Attachments: what is accepted, and where it is kept. Content-addressed, in the database, behind these functions.

accepted = files.accept(data, "发票.jpg")     # outside any transaction: looks into it, cleans a picture
files.keep(c, accepted, now)                  # inside one: writes it, once
data, media_type = files.read(c, accepted.id)
"""

from engine.files.acceptance import MAX_BYTES, Accepted, FileRefused, accept
from engine.files.storage import keep, read, store

__all__ = ["MAX_BYTES", "Accepted", "FileRefused", "accept", "keep", "read", "store"]
