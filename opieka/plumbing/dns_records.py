"""Asking the domain name system, with little patience: whoever waits for an answer has other things to do."""

from functools import cache
from typing import Any

from django.conf import settings

SECONDS = 2.0
OFF = "off"


class Unreachable(Exception):
    """Nobody answered, or nobody is to be asked. What was asked for is not known."""


def txt(name: str) -> list[bytes]:
    """The TXT records of this name, each in one piece; none when it has none. Raises Unreachable, after two seconds."""
    import dns.exception
    import dns.name
    import dns.resolver

    if settings.DNS == OFF:
        raise Unreachable
    try:
        answer = _resolver(settings.DNS).resolve(name.rstrip("."), "TXT", lifetime=SECONDS, search=False)
    except (
        dns.resolver.NXDOMAIN,
        dns.resolver.NoAnswer,
        dns.name.EmptyLabel,
        dns.name.LabelTooLong,
        dns.name.NameTooLong,
    ):
        return []
    except (dns.exception.DNSException, OSError, UnicodeError) as error:
        raise Unreachable from error
    return [b"".join(record.strings) for record in answer]


@cache
def _resolver(server: str) -> Any:
    """Asks `server` ("address" or "address:port"), or the one this machine asks."""
    import dns.resolver

    if not server:
        return dns.resolver.get_default_resolver()
    address, _, port = server.partition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [address]
    resolver.port = int(port or 53)
    return resolver
