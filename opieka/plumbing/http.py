"""The one HTTP client: safe against addresses given by strangers.

The name is resolved once, every address it has is vetted, and the vetted address is the one connected to, so a name
that changes its mind (DNS rebinding) gains nothing. Redirects are vetted again. Only ports 80 and 443 are reached,
unless `OPIEKA_ALLOW_PRIVATE_ADDRESSES` opens private networks for an operator's own servers.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

MAX_BYTES = 5 * 1024 * 1024
TIMEOUT_SECONDS = 10.0
WHOLE_SECONDS = 30.0
MOST_REDIRECTS = 5
PORTS = frozenset({80, 443})
USER_AGENT = f"Opieka/{settings.VERSION}"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Forms of IPv6 that carry an IPv4 address inside, which is what will really be reached.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
CGNAT = ipaddress.ip_network("100.64.0.0/10")


class Problem(Exception):
    """The request brought no answer; the text is a sentence for a person."""


class Unreachable(Problem):
    """The other side does not answer; it may later."""


class Forbidden(Problem):
    """The address may not be called; it never may."""


class TooLarge(Problem):
    """The answer is larger than was allowed."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, whole."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def text(self) -> str:
        """The content in the encoding it declares, else UTF-8; what cannot be read is replaced."""
        declared = self.headers.get("content-type", "").partition("charset=")[2].strip(' "')
        try:
            return self.content.decode(declared or "utf-8", errors="replace")
        except LookupError:
            return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Raises ValueError."""
        import json

        return json.loads(self.content)


def get(url: str, *, headers: Mapping[str, str] | None = None, max_bytes: int = MAX_BYTES) -> Answer:
    """Fetch, following redirects. Raises Problem."""
    return request("GET", url, headers=headers, max_bytes=max_bytes)


def post(
    url: str, *, data: Mapping[str, str] | None = None, json: Any = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Send a form or JSON; redirects are not followed. Raises Problem."""
    return request("POST", url, data=data, json=json, headers=headers)


def request(method: str, url: str, *, max_bytes: int = MAX_BYTES, **given: Any) -> Answer:
    """Any request. It may not run inside a transaction: the network must never hold a lock."""
    if connection.in_atomic_block and not getattr(settings, "HTTP_INSIDE_TRANSACTIONS", False):
        raise RuntimeError(f"A request to {urlsplit(url).hostname} was made inside a transaction.")
    for _hop in range(MOST_REDIRECTS + 1):
        answer = _once(method, url, max_bytes=max_bytes, **given)
        location = answer.headers.get("location")
        if method != "GET" or answer.status_code not in {301, 302, 303, 307, 308} or not location:
            return answer
        url = urljoin(url, location)
    raise Unreachable(_("The page redirects too many times."))


def _once(method: str, url: str, *, max_bytes: int, **given: Any) -> Answer:
    import httpx

    check(url)
    headers = {"user-agent": USER_AGENT, **(given.pop("headers", None) or {})}
    try:
        with httpx.Client(transport=_transport(), trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            with client.stream(method, url, headers=headers, **given) as response:
                content = _read(response, max_bytes)
                found = {name.lower(): value for name, value in response.headers.items()}
                return Answer(status_code=response.status_code, headers=found, content=content, url=url)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        host = urlsplit(url).hostname or url
        raise Unreachable(_("%(host)s does not answer.") % {"host": host}) from error


def _read(response: Any, max_bytes: int) -> bytes:
    """The body up to the limit, within the time for the whole of it: a slow drip holds nobody."""
    ends = time.monotonic() + WHOLE_SECONDS
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > max_bytes:
            megabytes = max_bytes // (1024 * 1024)
            raise TooLarge(_("The answer is larger than %(limit)d MB.") % {"limit": megabytes})
        if time.monotonic() > ends:
            raise Unreachable(_("The answer takes too long."))
        parts.append(part)
    return b"".join(parts)


def check(url: str) -> None:
    """Refuse what is no public web address, before a name is looked up. Raises Forbidden."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forbidden(_("This is not a web address.")) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Forbidden(_("Only addresses that begin with http:// or https:// can be used."))
    if parts.username or parts.password:
        raise Forbidden(_("An address must not hold a name and a password."))
    if port is not None and port not in PORTS and not settings.ALLOW_PRIVATE_ADDRESSES:
        raise Forbidden(_("Only ports 80 and 443 can be used."))


def vetted(host: str, port: int) -> str:
    """The first address of the host, all of them public. Raises Forbidden or OSError."""
    found = socket.getaddrinfo(host.encode("idna").decode(), port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not settings.ALLOW_PRIVATE_ADDRESSES and not all(map(is_public, addresses)):
        raise Forbidden(_("%(host)s leads into a private network.") % {"host": host})
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Whether the address, or the IPv4 address inside it, belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    elif address in CGNAT:
        return False
    return address.is_global and not address.is_multicast


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the list of authorities takes longer than most requests."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def _transport() -> Any:
    import httpcore
    import httpx

    ends = time.monotonic() + WHOLE_SECONDS

    class Hurried(httpcore.NetworkStream):
        """A connection whose other side may not drip its answer, headers included, beyond the time for the whole."""

        def __init__(self, stream: httpcore.NetworkStream) -> None:
            self._stream = stream

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            left = ends - time.monotonic()
            if left <= 0:
                raise httpcore.ReadTimeout
            return self._stream.read(max_bytes, timeout=min(left, timeout or left))

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            self._stream.write(buffer, timeout=timeout)

        def close(self) -> None:
            self._stream.close()

        def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
            return Hurried(self._stream.start_tls(*args, **kwargs))

        def get_extra_info(self, info: str) -> Any:
            return self._stream.get_extra_info(info)

    class Vetting(httpcore.SyncBackend):
        """Connects to the address that was vetted, whatever the name says a moment later."""

        def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
            return Hurried(super().connect_tcp(vetted(host, port), port, *args, **kwargs))

    transport = httpx.HTTPTransport(verify=_trusted(), trust_env=False, retries=0)
    transport._pool = httpcore.ConnectionPool(  # noqa: SLF001 - httpx has no setting for it.
        ssl_context=_trusted(), network_backend=Vetting(), retries=0
    )
    return transport
