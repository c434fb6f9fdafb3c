"""The part of a channel's contract in which a person lets us in at the other side, with one click or with a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Consent:
    """Where to send the person, and what has to be kept, by us alone, until they come back with an answer."""

    address: str
    kept: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Code:
    """What a person types at `address`, on whatever device, within `expires_in` seconds; `device_code` is for us alone.

    Whether they have done so may be asked every `interval` seconds.
    """

    user_code: str
    address: str
    device_code: str
    interval: int
    expires_in: int


class Consenting:
    """A channel that needs nobody's consent leaves all this as it is."""

    def ways_to_consent(self) -> tuple[str, ...]:
        """How a person lets us in: by "redirect", by a "device" code; () where nobody is asked."""
        return ()

    def ask_consent(self, *, back: str) -> Consent:
        """Begin the way by redirect; the person comes back to `back`. Raises WontWork."""
        raise NotImplementedError

    def take_consent(self, answer: Mapping[str, str], kept: Mapping[str, str], *, back: str) -> Mapping[str, str]:
        """The secrets that the answer is worth. `kept` is what `ask_consent` gave. Raises TryLater or WontWork."""
        raise NotImplementedError

    def ask_code(self) -> Code:
        """Begin the way by code. Raises TryLater or WontWork."""
        raise NotImplementedError

    def take_code(self, device_code: str) -> Mapping[str, str]:
        """The secrets, once the person has typed the code; {} until then. Raises TryLater or WontWork."""
        raise NotImplementedError

    @classmethod
    def ends_on(cls, settings: Mapping[str, Any]) -> date | None:
        """The last day of a secret that only a person can renew; None where there is none."""
        return None
