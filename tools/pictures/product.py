"""The product with its demo shop, in a folder of its own and on a free port, for as long as the pictures take."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 180.0  # Seconds; loading the demo takes most of it.


@dataclass(frozen=True, kw_only=True)
class Product:
    """Where it answers, and `known` is what `inside.py prepare` found there."""

    address: str
    environment: dict[str, str]
    known: dict[str, Any]

    def ask(self, verb: str, *words: str) -> dict[str, Any]:
        return ask(self.environment, verb, *words)


@contextmanager
def running(*, empty: bool = False) -> Iterator[Product]:
    """Start with the demo shop or with nothing, wait until it answers, and stop only what was started here."""
    with tempfile.TemporaryDirectory(prefix="opieka-pictures-", ignore_cleanup_errors=True) as home:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OPIEKA_")},
            "OPIEKA_HOME": home,
            "OPIEKA_PUBLIC_URL": address,
            "DJANGO_SETTINGS_MODULE": "opieka.settings",
        }
        log = Path(home, "log.txt")
        with log.open("wb") as output:
            started = subprocess.Popen(
                command(port, empty=empty), cwd=ROOT, env=environment, stdout=output, stderr=output
            )
        try:
            wait_until_ready(started, address, log)
            yield Product(
                address=address, environment=environment, known=ask(environment, "opening" if empty else "prepare")
            )
        finally:
            stop(started)


def command(port: int, *, empty: bool) -> list[str]:
    verb = ["run"] if empty else ["demo", "--run"]
    return [sys.executable, "-m", "opieka.cli", *verb, "--port", str(port)]


def wait_until_ready(started: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        if started.poll() is not None:
            raise SystemExit(f"The product stopped by itself:\n{log.read_text(encoding='utf-8')[-4000:]}")
        try:
            with urlopen(f"{address}/login/", timeout=5):  # noqa: S310 - Our own address.
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.5)
    raise SystemExit(
        f"The product did not answer within {READY_WITHIN:.0f} s:\n{log.read_text(encoding='utf-8')[-4000:]}"
    )


def stop(started: subprocess.Popen[bytes]) -> None:
    if started.poll() is None:
        started.terminate()
    try:
        started.wait(timeout=20)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()


def ask(environment: dict[str, str], verb: str, *words: str) -> dict[str, Any]:
    """Let `inside.py` look into the product's database, or act there; its answer."""
    command = [sys.executable, "-m", "tools.pictures.inside", verb, *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"inside {verb}: {done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
