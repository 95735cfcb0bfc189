"""Pictures are drawn anew: whatever was hidden in the file, above all where the photo was taken, does not survive."""

import io
import threading

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 64_000_000  # what good phones take, and a JPEG is decoded at a fraction of its size
MAX_DRAWN = (
    24_000_000  # of any other picture, which is held whole: a long screenshot, not a bomb of some kilobytes
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
        if width * height > _most(opened):
            raise ImageRefused(f"图片太大（{width}×{height}）。请调低清晰度再拍，或缩小后再传")
        if format == "JPEG":
            opened.draft(
                "RGB", (MAX_SIDE, MAX_SIDE)
            )  # decodes at a fraction of the size where that is enough
        picture = _small(opened, transparent="A" in opened.getbands() or "transparency" in opened.info)
    written = io.BytesIO()
    options = {"PNG": {"optimize": True}}.get(format, {"quality": QUALITY})
    picture.save(written, format, **options)
    return written.getvalue()


def _most(opened: Image.Image) -> int:
    """How many pixels may be drawn: a camera's JPEG is read strip by strip, whatever else is held whole."""
    camera = opened.format in ("JPEG", "MPO")  # phones put a second, small picture into the file
    plain = camera and opened.mode in ("RGB", "L") and not opened.info.get("progressive")
    return MAX_PIXELS if plain else min(MAX_DRAWN, MAX_PIXELS)


def _small(opened: Image.Image, *, transparent: bool) -> Image.Image:
    """Upright, bare, no larger than needed; made small first, so that there is one large copy at most."""
    wanted = "RGBA" if transparent and opened.format not in ("JPEG", "MPO") else "RGB"
    picture = opened if opened.mode == wanted else opened.convert(wanted)
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    turned = ImageOps.exif_transpose(picture)
    turned.info.clear()  # Pillow writes a comment, a colour profile and the like from here
    return turned
