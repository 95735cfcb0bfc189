"""Names as the public may read them: the family name, and how the name ends (张*国)."""

HIDDEN = "*"


def masked(name: str) -> str:
    """张*国, 李*, 欧**然; nothing for nobody. A name of one character is hidden whole."""
    name = name.strip()
    if len(name) <= 1:
        return HIDDEN * len(name)
    if len(name) == 2:
        return name[0] + HIDDEN
    return name[0] + HIDDEN * min(2, len(name) - 2) + name[-1]
