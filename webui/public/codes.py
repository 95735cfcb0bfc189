"""QR codes, and the short code beside them, which is typed where a phone cannot scan."""

import segno
from markupsafe import Markup

GROUP = 5  # characters: what one keeps in mind between paper and phone


def qr(address: str) -> Markup:
    """The code of an address as SVG for a page: black on white, four modules of margin, readable when a corner is torn.

    It carries no script and no style, as the pages' security policy wants it.
    """
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass=None, lineclass=None, light="#fff"
    )
    return Markup(drawn.replace("<svg ", '<svg role="img" aria-label="二维码" ', 1))  # noqa: S704 - segno's own


def grouped(code: str) -> str:
    """ABCDEFGHJK → ABCDE-FGHJK."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def typed(text: str) -> str:
    """What somebody typed as a code; of a pasted address, its last part."""
    return text.strip().rstrip("/").rsplit("/", 1)[-1]
