"""A phone's camera for the stories: what a QR code on a page says, read from the picture of it.

Undamaged codes in byte mode, as `webui.public.codes` draws them; errors are not corrected, they fail the story.
"""

import io
from collections.abc import Iterator

from PIL import Image
from segno import consts

MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)
FORMAT_MASK = 0b101010000010010
LEVELS = {0b01: consts.ERROR_LEVEL_L, 0b00: consts.ERROR_LEVEL_M, 0b11: consts.ERROR_LEVEL_Q}
LEVELS |= {0b10: consts.ERROR_LEVEL_H}
Modules = list[list[bool]]


def scanned(png: bytes) -> str:
    """What the one code in this picture says."""
    modules = _modules(Image.open(io.BytesIO(png)).convert("L"))
    version = (len(modules) - 17) // 4
    # the format stands beside the upper left corner: five bits of what it is, ten that check them
    formatted = [modules[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [
        modules[y][8] for y in (7, 5, 4, 3, 2, 1, 0)
    ]
    found = _number(formatted) ^ FORMAT_MASK
    codewords = _codewords(modules, MASKS[found >> 10 & 0b111])
    return _text(_in_order(codewords, version, LEVELS[found >> 13]), version)


def _modules(picture: Image.Image) -> Modules:
    """The code's squares: dark or light. It is the only dark thing in the picture."""
    box = picture.point(lambda grey: 255 * (grey < 128)).getbbox()
    assert box is not None, "nothing to scan"
    left, top, right, bottom = box
    corner = next(x for x in range(left, right) if picture.getpixel((x, top + 1)) >= 128) - left
    size = 17 + 4 * round(((right - left) / (corner / 7) - 17) / 4)  # a corner's square is seven wide
    assert size > 17 and abs((right - left) - (bottom - top)) < 3, f"no QR code: {box}"
    step = (right - left) / size
    at = [int((place + 0.5) * step) for place in range(size)]
    return [[picture.getpixel((left + x, top + y)) < 128 for x in at] for y in at]


def _codewords(modules: Modules, mask: object) -> list[int]:
    """Two columns at a time from the right, up and down in turn."""
    assert callable(mask)
    size, bits = len(modules), []
    columns = [x for x in range(size - 1, 0, -2) if x > 6] + [5, 3, 1]
    for turn, right in enumerate(columns):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        bits += [
            modules[y][x] ^ (mask(y, x) == 0)
            for y in rows
            for x in (right, right - 1)
            if _is_data(size, y, x)
        ]
    return [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]


def _is_data(size: int, y: int, x: int) -> bool:
    """Neither one of the three corners with the format beside them, nor a line between them, nor a small square."""
    if (y < 9 and (x < 9 or x >= size - 8)) or (x < 9 and y >= size - 8) or y == 6 or x == 6:
        return False
    version = (size - 17) // 4
    if version >= 7 and ((y < 6 and x >= size - 11) or (x < 6 and y >= size - 11)):
        return False
    places = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    return not any(abs(y - a) < 3 and abs(x - b) < 3 for a in places for b in places if (a, b) not in corners)


def _in_order(codewords: list[int], version: int, level: int) -> list[int]:
    """The data of all blocks, one after the other; on the paper they take turns."""
    sizes = [info.num_data for info in consts.ECC[version][level] for _ in range(info.num_blocks)]
    blocks: list[list[int]] = [[] for _ in sizes]
    stream = iter(codewords)
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(next(stream))
    return [word for block in blocks for word in block]


def _text(words: list[int], version: int) -> str:
    bits = iter([bool(word >> shift & 1) for word in words for shift in range(7, -1, -1)])

    def take(count: int) -> int:
        return _number([next(bits) for _ in range(count)])

    assert take(4) == 0b0100, "not in byte mode"
    return bytes(_repeat(take, take(8 if version < 10 else 16))).decode()


def _repeat(take: object, count: int) -> Iterator[int]:
    assert callable(take)
    for _ in range(count):
        yield take(8)


def _number(bits: list[bool]) -> int:
    return int("".join("1" if bit else "0" for bit in bits), 2)
