"""The product as its operator starts it, in a home of its own: for measuring it and for treating it badly.

What happens inside needs Django with other settings than ours, so scenes are played by processes of their own:
`python -m MODULE`, JSON in on standard input, JSON out as the last line.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

# Seldom more than a few, but a busy machine may take long; whoever ends meanwhile is not waited for.
START_SECONDS = 180.0


class Failed(Exception):
    """The product, or a scene played in it, did not do what it must; the text is a sentence."""


class Trial:
    """`database` is the address of an empty one; "" makes a SQLite file in the home."""

    def __init__(self, home: Path, *, database: str = "", settings: Mapping[str, str] | None = None) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPIEKA_")}
        self.port = _free_port()
        self.environment = kept | {
            "OPIEKA_HOME": str(home),
            "OPIEKA_DATABASE_URL": database or f"sqlite:///{home}/opieka.sqlite3",
            "OPIEKA_PUBLIC_URL": self.url,
            "OPIEKA_ENCODER": "hashing",
            "OPIEKA_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "opieka.settings",
            **(settings or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def play(self, module: str, *arguments: str) -> dict[str, Any]:
        """Run `python -m module arguments` in the same home; its last line is JSON. Raises Failed."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"{module} failed: {done.stderr.strip()[-1000:]}")
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return found

    def count(self, question: str) -> int:
        """One figure straight from the database: starting the product to ask would cost more than the answer."""
        return count_in(self.environment["OPIEKA_DATABASE_URL"], question)

    def start(self, *, with_backup: bool = False) -> None:
        """Start `opieka run` and wait until it answers. Raises Failed."""
        command = [sys.executable, "-m", "opieka.cli", "run", "--port", str(self.port)]
        command += [] if with_backup else ["--no-backup"]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failed("opieka run did not start.")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):  # noqa: S310 - Our own address.
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.process:
            self.process.send_signal(number)
            self.process.wait(60)
            self.process = None

    def memory_kib(self) -> int:
        """Proportional set size of the process: what it alone costs this machine. Linux only."""
        process = self.process.pid if self.process else 0
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


@contextmanager
def trial(*, database: str = "", settings: Mapping[str, str] | None = None) -> Iterator[Trial]:
    """A trial in a temporary home, ended and cleared away afterwards."""
    with tempfile.TemporaryDirectory(prefix="opieka-trial-", ignore_cleanup_errors=True) as home:
        product = Trial(Path(home), database=database, settings=settings)
        try:
            yield product
        finally:
            product.kill()


def count_in(url: str, question: str) -> int:
    """The one number that this SELECT gives in the database of that address."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as connection:
            return int(connection.execute(question).fetchone()[0])
    import psycopg

    with psycopg.connect(url) as postgres:
        found = postgres.execute(question.encode()).fetchone()
        return int(found[0]) if found else 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
