"""The journeys with the network cut: a network namespace with loopback only, mail servers and browser inside it too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CUT_OFF = ["unshare", "-n", sys.executable, str(HERE / "cut_off.py")]
JOURNEYS = [
    "tests/mail/test_journey.py",
    "tests/browser/test_shop.py",
    "tests/browser/test_inbox.py::test_a_new_message_appears_within_a_second_without_a_reload",
]
EMBEDDED = {
    "OPIEKA_DATABASE_URL": "",
    "OPIEKA_LIVE_URL": "memory:",
    "OPIEKA_JOBS_URL": "threads:",
    "OPIEKA_WHOLE_SUITE": "",
    "PYTEST_XDIST_WORKER": "",
}


def cut_off(left: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in {**os.environ, **EMBEDDED}.items() if value}
    return subprocess.run(
        [*CUT_OFF, str(left), *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """Where the packets that tried to leave are written, one a line; skips where namespaces may not be made."""
    file = tmp_path / "left"
    if cut_off(file, "true").returncode:
        pytest.skip("Network namespaces need root here.")
    return file


def test_a_packet_that_leaves_is_written_down(left: Path):
    """Or the next test could not fail."""
    send = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))"

    cut_off(left, sys.executable, "-c", send)

    assert left.read_text() == "192.0.2.1 port 53\n"


@pytest.mark.browser
@pytest.mark.mail
@pytest.mark.slow
@pytest.mark.proves(108)
def test_the_journeys_pass_with_loopback_only_and_nothing_outside_is_attempted(left: Path):
    done = cut_off(left, sys.executable, "-m", "pytest", *JOURNEYS, "-n", "0", "-q")

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert left.read_text().splitlines() == []
