"""What the agent wants with the reply they have written, also when they were asked something first."""

from dataclasses import dataclass

from django.http import QueryDict

# The agent has seen that somebody spoke meanwhile.
NEWER = "newer"
# What pages drawn before an upgrade send instead.
OLD_WORD = "1"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Send, send and resolve, or keep for later; `agreed` holds what was answered with "send anyway"."""

    resolve: bool = False
    later: str = ""
    agreed: frozenset[str] = frozenset()

    def again(self, also: str) -> str:
        """The value of a button that asks for the same, agreeing to one thing more."""
        what = f"later:{self.later}" if self.later else "resolve" if self.resolve else "reply"
        return f"{' '.join(sorted({*self.agreed, also}))}|{what}"


def wish_of(sent: QueryDict) -> Wish:
    """What the pressed button says; "send anyway" says what was wished before."""
    agreed, _, what = sent.get("anyway", "").partition("|")
    later = what.partition(":")[2] if what.startswith("later:") else sent.get("later", "")
    resolve = what == "resolve" or sent.get("send") == "resolve"
    words = {NEWER if word == OLD_WORD else word for word in agreed.split()}
    return Wish(resolve=resolve and not later, later=later, agreed=frozenset(words))


def copies_in(sent: QueryDict) -> list[str] | None:
    """Whom the agent wants to get a copy; None where the page did not ask: then everybody of the last mail does."""
    return None if "cc" not in sent else [one for one in _named(sent) if "@" in one][:20]


def no_addresses_in(sent: QueryDict) -> list[str]:
    """What stands among the copies and cannot be an address."""
    return [one for one in _named(sent) if "@" not in one.strip("@") or len(one.split()) > 1]


def _named(sent: QueryDict) -> list[str]:
    parts = ",".join(sent.getlist("cc")).replace(";", ",").split(",")
    return [part for part in dict.fromkeys(part.strip() for part in parts) if part]
