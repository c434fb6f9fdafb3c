"""Asking the domain name system, for what an owner was told to publish there."""

SECONDS = 5.0


class NoAnswer(Exception):
    """No name server answered in time, or this machine knows none; nobody can tell what is published."""


def texts_at(name: str) -> list[str]:
    """The TXT records at that name, each joined from its pieces; empty when there are none. Raises NoAnswer."""
    # Imported late: few processes ever ask.
    import dns.exception
    import dns.resolver

    try:
        found = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(str(error)) from error
    return [b"".join(record.strings).decode("ascii", "replace") for record in found]
