"""Whether the receiving server vouches for the sender (RFC 8601). Without that word a sender is a claim."""

import re
from email.message import Message

from opieka.channels.email.headers import raw_headers

COMMENT = re.compile(r"\([^()]*\)")


def is_verified(message: Message, *, trusted_server: str, sender: str) -> bool:
    """True when the server the owner trusts says that the domain of `sender` was authenticated.

    Only the topmost header of that server counts: a receiving server removes those that claim to be its own.
    """
    domain = sender.rpartition("@")[2].lower()
    if not trusted_server or not domain:
        return False
    for value in raw_headers(message, "authentication-results"):
        server, _, results = COMMENT.sub(" ", value).partition(";")
        if server.split() and server.split()[0].lower() == trusted_server.lower():
            return any(_vouches(result, domain) for result in results.split(";"))
    return False


def _vouches(result: str, domain: str) -> bool:
    said = dict(re.findall(r"([a-z.-]+)\s*=\s*([^\s;]+)", result.lower()))
    if said.get("dmarc") == "pass":
        return _aligned(said.get("header.from", ""), domain)
    if said.get("dkim") == "pass":
        return _aligned(said.get("header.d") or said.get("header.i", ""), domain)
    return said.get("spf") == "pass" and _aligned(said.get("smtp.mailfrom", ""), domain)


def _aligned(authenticated: str, domain: str) -> bool:
    """The same domain, or one above or below it with at least two labels (relaxed alignment without a suffix list)."""
    name = authenticated.strip('"<>').rpartition("@")[2].strip(".")
    if name == domain:
        return bool(name)
    longer, shorter = (name, domain) if len(name) > len(domain) else (domain, name)
    return shorter.count(".") >= 1 and shorter not in SHARED and longer.endswith(f".{shorter}")


# Registries under which strangers hold neighbouring names; alignment never rests on one of these alone.
SHARED = frozenset(
    "com.pl net.pl org.pl edu.pl gov.pl info.pl biz.pl waw.pl wroc.pl krakow.pl katowice.pl co.uk org.uk com.au co.jp "  # noqa: SIM905
    "com.ua kiev.ua com.br co.nz github.io blogspot.com".split()
)
