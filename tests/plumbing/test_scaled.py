"""The scaled shape as it is run: pages, live updates, workers and the clock in processes of their own."""

import hashlib
import hmac
import json
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from opieka.plumbing.trial import START_SECONDS, Trial
from tests.databases import empty_database
from tests.plumbing.serving import free_port

pytestmark = [pytest.mark.scaled, pytest.mark.slow]


class Cluster:
    """Four processes on one empty database, one queue and one Redis."""

    def __init__(self, home: Path, database: str) -> None:
        name = uuid.uuid4().hex[:8]
        self.queue = f"opieka-test-{name}"
        settings = {
            "OPIEKA_LIVE_URL": f"redis://127.0.0.1:6379/9?channel=opieka-test-{name}",
            "OPIEKA_JOBS_URL": f"amqp://guest:guest@127.0.0.1:5672//?queue={self.queue}",
        }
        self.trial = Trial(home, database=database, settings=settings)
        self.live_port = free_port()
        self.scene: dict[str, Any] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        ports = {"web": self.trial.port, "live": self.live_port}
        for name in ("web", "live", "work", "clock"):
            command = [sys.executable, "-m", "opieka.cli", name, "--no-backup"]
            if name in ports:
                command += ["--port", str(ports[name])]
            self.processes[name] = subprocess.Popen(command, env=self.trial.environment, stderr=subprocess.DEVNULL)
        for name, address in (
            ("web", f"{self.trial.url}/healthz"),
            ("live", f"http://127.0.0.1:{self.live_port}/live/healthz"),
        ):
            self._wait_for(name, address)

    def _wait_for(self, name: str, address: str) -> None:
        """However long a busy machine takes; a process that has ended is not waited for."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
            except OSError:
                assert self.processes[name].poll() is None, name
                assert time.monotonic() < end, address
                time.sleep(0.2)
            else:
                return

    def stop(self) -> dict[str, int]:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(40) for name, process in self.processes.items()}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """All four are started at once on a database with nothing in it: one migrates, the others wait for it."""
    with empty_database() as database:
        made = Cluster(tmp_path_factory.mktemp("cluster"), database)
        try:
            made.start()
            made.scene = made.trial.play("opieka.cli.chaos.scene", "prepare")
            yield made
        finally:
            for process in made.processes.values():
                process.kill()
                process.wait()
            delete_queue(made.queue)


def delete_queue(name: str) -> None:
    from kombu import Connection

    with Connection("amqp://guest:guest@127.0.0.1:5672//") as broker:
        broker.default_channel.queue_delete(name)


def send(cluster: Cluster, text: str) -> int:
    body = json.dumps({"id": text, "from": "anna", "text": text}).encode()
    signature = hmac.new(cluster.scene["secret"].encode(), body, hashlib.sha256).hexdigest()
    address = f"{cluster.trial.url}/hooks/console/{cluster.scene['hook']}"
    request = urllib.request.Request(address, data=body, headers={"X-Opieka-Signature": signature})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return int(answer.status)


def test_a_message_goes_from_the_web_through_a_worker_to_a_listener(cluster: Cluster):
    address = f"ws://127.0.0.1:{cluster.live_port}/live"
    with connect(address, additional_headers={"Cookie": f"sessionid={cluster.scene['session']}"}) as agent:
        agent.recv(5)
        assert send(cluster, "Gdzie moja paczka?") == 202
        heard: set[str] = set()
        end = time.monotonic() + 20
        while not any(topic.startswith("conversation:") for topic in heard):
            heard |= set(json.loads(agent.recv(max(0.1, end - time.monotonic())))["changed"])

    assert cluster.trial.play("opieka.cli.chaos.scene", "count")["texts"] == ["Gdzie moja paczka?"]


def test_the_figures_of_all_web_processes_come_together(cluster: Cluster):
    for _ in range(20):
        urllib.request.urlopen(f"{cluster.trial.url}/pomoc/", timeout=20).close()

    with urllib.request.urlopen(f"{cluster.trial.url}/metrics", timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    counted = [line for line in lines if line.startswith("opieka_requests_total") and 'route="pomoc/"' in line]

    assert sum(float(line.rpartition(" ")[2]) for line in counted) == 20


def test_each_ends_by_itself_when_it_is_asked_to(cluster: Cluster):
    assert all(process.poll() is None for process in cluster.processes.values())

    assert set(cluster.stop().values()) <= {0, -signal.SIGTERM}
