"""Pictures are drawn anew: whatever was hidden in the file, above all where the photo was taken, does not survive."""

import io
import threading

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = (
    64_000_000  # what good phones take; more is decompressed into more memory than a server has to spare
)
MAX_SIDE = 3200  # an A4 page of handwriting stays readable, and a matter with thirty photos stays small
QUALITY = 85

_decoding = threading.BoundedSemaphore(2)  # one picture of 64 megapixels takes some 200 MB while it is drawn


class ImageRefused(ValueError):
    """A picture that cannot be read or is too large. Chinese."""


def cleaned(data: bytes, format: str) -> bytes:
    """The same picture in the same format (`JPEG`, `PNG`, `WEBP`): upright, no larger than it needs to be,
    bare.

    Raises ImageRefused.
    """
    with _decoding:
        try:
            return _redrawn(data, format)
        except ImageRefused:
            raise
        except (
            UnidentifiedImageError,
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            Image.DecompressionBombError,
        ) as e:
            raise ImageRefused("这张图片打不开，可能没有传完，请重新拍照或重新上传") from e


def _redrawn(data: bytes, format: str) -> bytes:
    with Image.open(io.BytesIO(data), formats=[format]) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise ImageRefused(f"图片太大（{width}×{height}）。请调低清晰度再拍，或缩小后再传")
        if format == "JPEG":
            opened.draft(
                "RGB", (MAX_SIDE, MAX_SIDE)
            )  # decodes at a fraction of the size where that is enough
        picture = ImageOps.exif_transpose(opened)
    transparent = "A" in picture.getbands() or "transparency" in picture.info
    picture = picture.convert("RGBA" if transparent and format != "JPEG" else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    picture.info.clear()  # Pillow writes a comment, a colour profile and the like from here
    written = io.BytesIO()
    options = {"PNG": {"optimize": True}}.get(format, {"quality": QUALITY})
    picture.save(written, format, **options)
    return written.getvalue()
