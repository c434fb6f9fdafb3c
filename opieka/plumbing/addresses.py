"""From which address a request really comes, when some proxies of our own stand in front."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address that whoever sends this request has, as far as our own proxies can tell."""
    peer, forwarded = request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_address(peer, forwarded, proxies=settings.TRUSTED_PROXIES)


def client_address(peer: str, forwarded_for: str, *, proxies: int) -> str:
    """The address that the outermost of our `proxies` saw; `peer` where there are none.

    Each proxy appends the address it saw to X-Forwarded-For. What stands further left was written by the sender and
    may be a lie.
    """
    if not proxies or not forwarded_for:
        return peer
    seen = [part.strip() for part in forwarded_for.split(",")]
    return seen[-proxies] if len(seen) >= proxies else seen[0]
