"""Bodies at the door, behind both servers we use: whole, measured, and never silently empty."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware

from opieka.plumbing.bodies import Gathered, gathered, limit_for
from tests.plumbing.serving import free_port, served

ROOT = Path(__file__).resolve().parents[2]
LIMITS = {"": 1000, "/hooks/": 3_000_000}
PIECES = [b"ab" * 40_000, b"c", b"d" * 100_000]
WHOLE = b"".join(PIECES)


def what_came(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """A WSGI application that says what body it was given, reading as Django does: by the declared length."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    said = {
        "length": length,
        "sha256": hashlib.sha256(body).hexdigest(),
        "chunked": "HTTP_TRANSFER_ENCODING" in environ,
        "query": environ.get("QUERY_STRING", ""),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]


def granian_application() -> Any:
    """What granian serves in the test below."""
    return gathered(what_came, limits=LIMITS)


@pytest.fixture(scope="module", params=["uvicorn", "granian"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    if request.param == "uvicorn":
        with served(Bridge()) as running:
            yield running.port
        return
    chosen = free_port()
    code = (
        "from granian import Granian; from granian.constants import Interfaces; "
        f"Granian('tests.plumbing.test_bodies:granian_application', factory=True, address='127.0.0.1', port={chosen}, "
        "interface=Interfaces.WSGI, workers=1, blocking_threads=2, log_enabled=False).serve()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        wait_for(chosen)
        yield chosen
    finally:
        process.terminate()
        process.wait(10)


class Bridge:
    """The embedded shape: uvicorn, our door, the bridge to WSGI."""

    def __init__(self) -> None:
        self._door = Gathered(WSGIMiddleware(what_came, workers=2), limits=LIMITS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await self._door(scope, receive, send)


def wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            with_connection(port, lambda connection: connection.request("GET", "/"))
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return


def with_connection(port: int, send: Callable[[http.client.HTTPConnection], None]) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        send(connection)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


def test_a_chunked_body_arrives_whole_with_its_length(port: int):
    status, said = with_connection(
        port, lambda it: it.request("POST", "/hooks/a/b", body=iter(PIECES), encode_chunked=True)
    )

    assert status == 200
    assert said["sha256"] == hashlib.sha256(WHOLE).hexdigest()
    assert (said["length"], said["chunked"]) == (len(WHOLE), False)


def test_a_body_with_a_length_arrives_whole(port: int):
    status, said = with_connection(port, lambda it: it.request("POST", "/hooks/a/b", body=WHOLE))

    assert (status, said["sha256"]) == (200, hashlib.sha256(WHOLE).hexdigest())


def test_an_empty_body_is_empty(port: int):
    for body in (None, b""):
        status, said = with_connection(port, lambda it, body=body: it.request("POST", "/hooks/a/b", body=body))
        assert (status, said["length"]) == (200, 0)


def test_a_declared_length_over_the_limit_is_refused_before_the_body_is_read(port: int):
    def only_the_head(connection: http.client.HTTPConnection) -> None:
        connection.putrequest("POST", "/hooks/a/b")
        connection.putheader("Content-Length", str(3_000_001))
        connection.endheaders()

    began = time.monotonic()
    status, said = with_connection(port, only_the_head)

    assert (status, said["status"], said["limit_bytes"]) == (413, 413, 3_000_000)
    assert time.monotonic() - began < 5


def test_a_chunked_body_over_the_limit_is_refused_however_it_is_cut(port: int):
    status, said = with_connection(
        port, lambda it: it.request("POST", "/widget/k", body=iter([b"x" * 600, b"y" * 600]), encode_chunked=True)
    )

    assert (status, said["limit_bytes"]) == (413, 1000)


def test_a_length_that_is_no_number_is_refused_and_the_next_request_is_served(port: int):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/hooks/a/b")
    connection.putheader("Content-Length", "-5")
    connection.endheaders()
    try:
        said: int | str = connection.getresponse().status
    except (http.client.RemoteDisconnected, ConnectionResetError):
        said = "hung up"
    finally:
        connection.close()

    assert said in {400, "hung up"}
    assert with_connection(port, lambda it: it.request("GET", "/"))[0] == 200


def test_the_server_lives_on_after_whatever_came(port: int):
    for _ in range(20):
        with_connection(port, lambda it: it.request("POST", "/x", body=iter([b"z" * 5000]), encode_chunked=True))

    assert with_connection(port, lambda it: it.request("GET", "/"))[0] == 200


def test_each_address_has_the_limit_of_its_longest_prefix():
    limits = {"": 1, "/hooks/": 2, "/hooks/email/": 3}

    assert [limit_for(path, limits) for path in ("/", "/hooks/x", "/hooks/email/y", "/hook")] == [1, 2, 3, 1]
