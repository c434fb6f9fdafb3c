"""The word that opens an empty installation: printed when Opieka starts, good until the first owner exists."""

import hmac

from opieka.accounts.queries import nobody_yet
from opieka.accounts.tokens import derived


def opening_word() -> str:
    """The word for `/start/?word=…`; "" once there is an organisation."""
    return derived("opening word") if nobody_yet() else ""


def opens(word: str) -> bool:
    """Whether this word lets a stranger found the first organisation now."""
    right = opening_word()
    return bool(right) and hmac.compare_digest(right, word)
