"""Verification codes: short enough to type, too many to guess."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 O, 1 I L, U V pairs: read aloud or copied by hand, a code stays the same."""
GROUPS, GROUP = 3, 4


def new_code() -> str:
    """A code such as K7M3-X9PT-4WQD: 30¹² possibilities, nearly 59 bits."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    return _grouped(signs)


def as_typed(text: str) -> str:
    """The code a person meant: any case, with or without hyphens and spaces. "" when it cannot be one."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    is_one = len(signs) == GROUPS * GROUP and all(sign in ALPHABET for sign in signs)
    return _grouped(signs) if is_one else ""


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
