"""Whether we may believe who sent a mail (RFC 8601, RFC 7489). Without proof a sender is a claim."""

import re
from email.message import Message

from opieka.channels.base import Authentication
from opieka.channels.email.headers import mailboxes, raw_headers

UNPROVEN = Authentication(state="unproven")
METHODS = ("dkim", "spf")
# Which property of a result names the domain that was authenticated, the likelier first.
NAMES = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
SIGNED_BY = re.compile(r"(?:^|;)\s*d\s*=\s*([^;\s]+)", re.IGNORECASE)

Result = tuple[str, str, str]
"""Method, what came of it, and the domain it is about."""


def authentication_of(message: Message, *, trusted_server: str, sender: str) -> Authentication:
    """What the server the owner trusts says about `sender`; without such a server, whether we can look ourselves.

    "proven" is what DMARC calls aligned: the domain of the one address in From was authenticated. Whoever wrote in the
    name of another (Reply-To, Sender, a second From) is unproven, whatever passed.
    """
    if not speaks_for_itself(message, sender):
        return UNPROVEN
    domain = sender.rpartition("@")[2].lower()
    if trusted_server:
        return _judged(_word_of(message, trusted_server.lower()), domain, by=trusted_server)
    signed = any(aligned(name, domain) for name in signers(message))
    return Authentication(state="unproven", pending=signed)


def speaks_for_itself(message: Message, sender: str) -> bool:
    """Whether the sender is the one address of the one From header."""
    return len(list(raw_headers(message, "from"))) == 1 and [
        one.address.lower() for one in mailboxes(message, "from")
    ] == [sender.lower()]


def signers(message: Message) -> list[str]:
    """The domains that have signed the mail, or say so."""
    found = [SIGNED_BY.search(value) for value in raw_headers(message, "dkim-signature")]
    return [one[1].lower() for one in found if one]


def _word_of(message: Message, server: str) -> list[Result]:
    """What that server found. Only its topmost header counts: a receiving server removes those that claim to be its own."""
    for value in raw_headers(message, "authentication-results"):
        speaker, _, results = _plain(value).partition(";")
        if speaker.split() and speaker.split()[0].lower() == server:
            return [found for clause in results.lower().split(";") if (found := _result(clause))]
    return []


def _judged(word: list[Result], domain: str, *, by: str) -> Authentication:
    about = [found for found in word if aligned(found[2], domain)]
    dmarc = next((outcome for method, outcome, _name in word if method == "dmarc"), "")
    if dmarc == "fail":
        return Authentication(state="failed", method="dmarc", domain=domain, by=by)
    order = ("dmarc", *METHODS) if dmarc == "pass" else METHODS
    for state, wanted in (("proven", "pass"), ("failed", "fail")):
        for method in order:
            named = next((name for how, outcome, name in about if (how, outcome) == (method, wanted)), "")
            if named:
                return Authentication(state=state, method=method, domain=named, by=by)
    return UNPROVEN


def _result(clause: str) -> Result | None:
    """ "dkim=pass header.d=x.pl" as its parts; None for "none" and for what is no result."""
    said = re.findall(r"([a-z0-9.-]+)(?:/\d+)?\s*=\s*(\S+)", clause)
    if not said:
        return None
    (method, outcome), properties = said[0], said[1:]
    wanted = NAMES.get(method, ())
    return method, outcome, next((_domain_of(value) for name in wanted for key, value in properties if key == name), "")


def _domain_of(value: str) -> str:
    return value.strip("<>").rpartition("@")[2].strip(".")


def _plain(value: str) -> str:
    """The header without its comments and with nothing in quotation marks that could pass for a sign of its grammar.

    A stranger may choose what stands there: `MAIL FROM:<"; dmarc=pass header.from=bank.pl"@evil.pl>` is a valid address.
    """
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in value:
        if escaped or (sign == "\\" and (quoted or depth)):
            escaped = not escaped
        elif quoted:
            quoted = sign != '"'
            kept.append(sign if sign.isalnum() or sign in "@.-_+" else "")
        elif sign == '"' and not depth:
            quoted = True
        elif sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
            kept.append(" ")
        elif not depth:
            kept.append(sign)
    return "".join(kept)


def aligned(authenticated: str, domain: str) -> bool:
    """The same domain, or one above or below it with at least two labels (relaxed alignment without a suffix list)."""
    if authenticated == domain:
        return bool(domain)
    longer, shorter = sorted((authenticated, domain), key=len, reverse=True)
    return shorter.count(".") >= 1 and shorter not in SHARED and longer.endswith(f".{shorter}")


# Registries under which strangers hold neighbouring names; alignment never rests on one of these alone.
SHARED = frozenset(
    "com.pl net.pl org.pl edu.pl gov.pl info.pl biz.pl waw.pl wroc.pl krakow.pl katowice.pl co.uk org.uk com.au co.jp "  # noqa: SIM905
    "com.ua kiev.ua com.br co.nz github.io blogspot.com".split()
)
