"""Request bodies before any application sees them: measured against the limit of their address, and read whole.

Django behind a bridge reads a chunked body as empty, and a slow sender would hold one of few threads. So a body is
gathered first, in memory or on disk, and handed on with its length. One shape for ASGI, one for WSGI servers.
"""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import IO, Any

IN_MEMORY = 256 * 1024
PIECE = 256 * 1024
SILENCE_SECONDS = 30.0

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class TooLarge(Exception):
    """The body is longer than its address allows."""


class TooSlow(Exception):
    """The sender stopped in the middle."""


class LeftEarly(Exception):
    """The sender went away in the middle."""


def limit_for(path: str, limits: Mapping[str, int]) -> int:
    """The most bytes a body sent to this path may have: that of the longest prefix; "" is the default."""
    return limits[max((prefix for prefix in limits if path.startswith(prefix)), key=len)]


def problem(status: int, limit: int = 0) -> bytes:
    """The answer, as application/problem+json."""
    sentences = {
        400: "The length of the body is not a number.",
        408: "The body did not arrive in time.",
        413: f"The body is larger than the {limit} bytes allowed here.",
    }
    return json.dumps({"title": sentences[status], "status": status, "limit_bytes": limit or None}).encode()


REASONS = {400: "Bad Request", 408: "Request Timeout", 413: "Content Too Large"}


def declared(length: str | None, limit: int) -> int | None:
    """The declared length; None when the body comes in chunks. Raises ValueError or TooLarge."""
    if length is None:
        return None
    if not length.isascii() or not length.isdigit():
        raise ValueError(length)
    if int(length) > limit:
        raise TooLarge
    return int(length)


# --- ASGI --------------------------------------------------------------------
class Gathered:
    """An ASGI application that sees only whole bodies with a length. Responses pass through untouched."""

    def __init__(self, application: Any, *, limits: Mapping[str, int]) -> None:
        self._application = application
        self._limits = limits

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        limit = limit_for(scope["path"], self._limits)
        headers = dict(scope["headers"])
        length = headers.get(b"content-length")
        chunked = b"transfer-encoding" in headers
        try:
            known = declared(None if chunked or length is None else length.decode("latin-1"), limit)
            if known is None and not chunked:
                known = 0
            with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
                size = 0 if known == 0 else await _gather(receive, body, limit)
                await self._application(_with_length(scope, size), _replay(body, receive), send)
        except ValueError:
            await _refuse(send, 400)
        except TooLarge:
            await _refuse(send, 413, limit)
        except TooSlow:
            await _refuse(send, 408)
        except LeftEarly:
            return


async def _gather(receive: Receive, body: IO[bytes], limit: int) -> int:
    size, more = 0, True
    while more:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        if message["type"] == "http.disconnect":
            raise LeftEarly
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    body.seek(0)
    return size


def _with_length(scope: Message, size: int) -> Message:
    """The scope with the true length, and with a query string that bridges can read as ASCII."""
    kept = [pair for pair in scope["headers"] if pair[0] not in {b"content-length", b"transfer-encoding"}]
    if size or scope["method"] in {"POST", "PUT", "PATCH"}:
        kept.append((b"content-length", str(size).encode()))
    plain = b"".join(bytes([byte]) if byte < 128 else b"%%%02X" % byte for byte in scope["query_string"])
    return {**scope, "headers": kept, "query_string": plain}


def _replay(body: IO[bytes], receive: Receive) -> Receive:
    over = False

    async def replay() -> Message:
        nonlocal over
        if over:
            return await receive()
        piece = body.read(PIECE)
        over = len(piece) < PIECE
        return {"type": "http.request", "body": piece, "more_body": not over}

    return replay


async def _refuse(send: Send, status: int, limit: int = 0) -> None:
    body = problem(status, limit)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


# --- WSGI --------------------------------------------------------------------
def gathered(application: Any, *, limits: Mapping[str, int]) -> Any:
    """The same for a WSGI server, which has read the headers and streams the body in `wsgi.input`."""

    def guarded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        limit = limit_for(environ.get("PATH_INFO", ""), limits)
        chunked = "HTTP_TRANSFER_ENCODING" in environ
        try:
            known = declared(None if chunked else environ.get("CONTENT_LENGTH") or "0", limit)
            if known is not None:
                return application(environ, start_response)  # type: ignore[no-any-return]
            return _whole(application, environ, start_response, limit)
        except ValueError:
            return _refused(start_response, 400)
        except TooLarge:
            return _refused(start_response, 413, limit)

    return guarded


def _whole(application: Any, environ: dict[str, Any], start_response: Any, limit: int) -> Iterable[bytes]:
    # The file goes with the last reference to it, when the request is over.
    body = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    size = 0
    while piece := environ["wsgi.input"].read(PIECE):
        size += len(piece)
        if size > limit:
            raise TooLarge
        body.write(piece)
    body.seek(0)
    without = {name: value for name, value in environ.items() if name != "HTTP_TRANSFER_ENCODING"}
    whole = without | {"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    return application(whole, start_response)  # type: ignore[no-any-return]


def _refused(start_response: Any, status: int, limit: int = 0) -> Iterable[bytes]:
    body = problem(status, limit)
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    start_response(f"{status} {REASONS[status]}", headers)
    return [body]
