"""Worker threads in this process. They claim rows from the table: woken after a commit, else by looking each second."""

import threading
import time

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from opieka.plumbing.jobs import drivers
from opieka.plumbing.jobs.claiming import claim, due, new_worker
from opieka.plumbing.jobs.drivers.base import Driver
from opieka.plumbing.jobs.holding import Holding
from opieka.plumbing.jobs.running import run
from opieka.plumbing.models import JobRow

LOOK_EVERY = 1.0
GRACE = 25.0
HEAD_START = 0.08
LONGEST_PAUSE = 30.0

log = structlog.get_logger("opieka.jobs")


class Threads(Driver):
    """`threads:`; the default. Any number of processes may do this on one database."""

    def announce(self, job_id: int, priority: int) -> None:
        """The pools of this process have been woken already; those of others look by themselves."""

    def work(self, stop: threading.Event, *, workers: int) -> None:
        pool = Pool(workers=workers)
        pool.start()
        stop.wait()
        pool.stop()


class Pool:
    """Threads that run jobs, and one that looks for new ones and keeps hold of those being run."""

    def __init__(self, *, workers: int, grace: float = GRACE) -> None:
        self._grace = grace
        self._news = threading.Condition()
        self._generation = 0
        self._stopping = threading.Event()
        self._holding = Holding()
        self._threads = [threading.Thread(target=self._work, name=f"worker-{n}", daemon=True) for n in range(workers)]
        self._watcher = threading.Thread(target=self._watch, name="worker-watch", daemon=True)

    def start(self) -> None:
        drivers.on_announce(self.wake)
        for thread in [*self._threads, self._watcher]:
            thread.start()

    def stop(self) -> None:
        """Take nothing new and finish what is being run; what takes longer than the grace goes back by its lease."""
        drivers.off_announce(self.wake)
        self._stopping.set()
        self.wake(everybody=True)
        until = time.monotonic() + self._grace
        for thread in [*self._threads, self._watcher]:
            thread.join(max(0.0, until - time.monotonic()))

    def wake(self, *, everybody: bool = False) -> None:
        with self._news:
            self._generation += 1
            self._news.notify(len(self._threads) if everybody else 1)

    def _work(self) -> None:
        me = new_worker()
        pause = 1.0
        while not self._stopping.is_set():
            seen = self._generation
            try:
                row = claim(me)
                pause = 1.0
            except (OperationalError, InterfaceError) as error:
                log.warning("the database does not answer", error=str(error), again_s=pause)
                connection.close()
                self._stopping.wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
                continue
            if row is None:
                self._wait(seen)
            else:
                self._run(row)
        connection.close()

    def _run(self, row: JobRow) -> None:
        try:
            with self._holding.during(row):
                run(row)
        except (OperationalError, InterfaceError) as error:
            # Not even the outcome could be written. The lease brings the job back.
            log.warning("the outcome of a job was not recorded", job=row.pk, error=str(error))
            connection.close()
        finally:
            close_old_connections()

    def _wait(self, seen: int) -> None:
        """Until there is news since generation `seen`; a commit between looking and waiting is not missed."""
        with self._news:
            self._news.wait_for(lambda: self._generation != seen or self._stopping.is_set())
        # Pages that show the change come first; threads of one process take turns, and a job can wait a moment.
        self._stopping.wait(HEAD_START)

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            try:
                if len(self._holding) < len(self._threads) and due(timezone.now()):
                    self.wake(everybody=True)
                self._holding.renew()
                close_old_connections()
            except (OperationalError, InterfaceError):
                connection.close()
        connection.close()
