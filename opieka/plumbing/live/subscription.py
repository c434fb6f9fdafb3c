"""Who listens to what. Plumbing knows no customers and no agents: the doors say, in `Admission`s handed in at start-up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Scope = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """What one connection may hear.

    `topics` is None for everything of the organisation. `mark` names the right by which it listens (a session, a
    visitor's token), so that it can be asked again whether the right stands, and so that one right cannot open
    endless connections. `expires` is a Unix time. `beat` is after how many seconds of silence the listener wants an
    empty frame; None where protocol pings are enough.
    """

    organisation_id: int
    mark: str
    topics: frozenset[str] | None = None
    expires: float | None = None
    beat: float | None = None
    most: int = 20

    def hears(self, changed: Iterable[str]) -> frozenset[str]:
        """Those of the changed topics that this connection may know about."""
        return frozenset(changed) if self.topics is None else self.topics.intersection(changed)


class Refusal(Exception):
    """This listener is not admitted; the text is a sentence for whoever looks."""


class TooMany(Refusal):
    """There are too many connections already."""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """One kind of listener, e.g. agents by their session.

    `admit` gets the ASGI scope: None when it is not this kind of listener, raises Refusal when it is but must not
    listen. `stands` gets marks and returns those whose right still stands. Both may use the database.
    """

    admit: Callable[[Scope], Subscription | None]
    stands: Callable[[frozenset[str]], frozenset[str]]


_admissions: list[Admission] = []


def use_admissions(*admissions: Admission) -> None:
    """Hand over who may listen, at start-up."""
    _admissions[:] = admissions


def admit(scope: Scope) -> Subscription:
    """The subscription of whoever connects. Raises Refusal."""
    for admission in _admissions:
        if found := admission.admit(scope):
            return found
    raise Refusal("Log in to listen.")


def standing(marks: frozenset[str]) -> frozenset[str]:
    """Those marks whose right to listen still stands."""
    kept: frozenset[str] = frozenset()
    for admission in _admissions:
        kept |= admission.stands(marks)
    return kept


def query(scope: Scope) -> dict[str, str]:
    """The query string as a dictionary; of a repeated name the last value counts."""
    from urllib.parse import parse_qsl

    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))


def header(scope: Scope, name: bytes) -> str:
    """A request header by its name in lower case; "" when there is none."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
