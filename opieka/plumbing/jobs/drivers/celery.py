"""Celery over RabbitMQ or Redis. A message carries a job's id and nothing else; the row decides what happens.

What is due later stays in its row and is sent when its time comes, never as a long delay of the broker. A message
that is lost, doubled or late does no harm: the clock sends again what nobody took, and a row can be claimed once.
"""

import threading
import time
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import structlog
from django.db import close_old_connections, connection, connections
from django.utils import timezone

from opieka.plumbing.jobs.claiming import claim, free, new_worker, successor
from opieka.plumbing.jobs.drivers.base import Driver
from opieka.plumbing.jobs.holding import Holding
from opieka.plumbing.jobs.running import run
from opieka.plumbing.models import JobRow

QUEUE = "opieka"
LOST_AFTER = timedelta(seconds=20)
LOST_FOR_SURE_AFTER = timedelta(minutes=5)
AT_ONCE, FEW_AT_ONCE = 500, 50
REST = 5.0
TIMEOUT = 3.0
LOWEST = 9

log = structlog.get_logger("opieka.jobs")


class Celery(Driver):
    """`amqp://user:password@host:5672/vhost` or `redis://host:6379/0`; `?queue=NAME` keeps installations apart."""

    carries = True

    def __init__(self, url: str) -> None:
        address, _, queue = url.partition("?queue=")
        super().__init__(address)
        self.queue = queue or QUEUE
        self._holding = Holding()
        self._mine = threading.local()
        self._connections: list[Any] = []
        self._rests_until = 0.0
        self._stop = threading.Event()

    # --- sending ---------------------------------------------------------------
    def announce(self, job_id: int, priority: int) -> None:
        # While the broker is away nobody waits for it again and again: the clock sends what was not taken.
        if time.monotonic() >= self._rests_until:
            self._send(job_id, priority)

    def _send(self, job_id: int, priority: int) -> bool:
        from kombu.exceptions import OperationalError

        try:
            self._task.apply_async((job_id,), priority=self._rank(priority), retry=False, ignore_result=True)
        except (OperationalError, OSError) as error:
            self._rests_until = time.monotonic() + REST
            log.warning("the broker does not answer; jobs wait for the clock", error=str(error))
            return False
        return True

    def _rank(self, priority: int) -> int:
        """RabbitMQ serves the highest number first, Redis the lowest."""
        within = min(max(priority, 0), LOWEST)
        return within if self.url.startswith("redis") else LOWEST - within

    def sweep(self) -> int:
        """Send what became due, and again what was lost on its way."""
        if time.monotonic() < self._rests_until:
            return 0
        now = timezone.now()
        waiting = free(now).order_by("priority", "run_after", "id").values_list("id", "priority")
        jobs = [*waiting.filter(sent_to_broker_at=None)[:AT_ONCE], *self._lost(waiting, now)]
        # Marked first: a worker may be done with the job, and have put it off, before this line is over.
        sent = JobRow.objects.filter(id__in=[job_id for job_id, _ in jobs], state=JobRow.State.READY)
        sent.update(sent_to_broker_at=now)
        return sum(self._send(job_id, priority) for job_id, priority in jobs)

    def _lost(self, waiting: Any, now: datetime) -> list[tuple[int, int]]:
        """What was sent, could be taken and was not: soon when the queue is empty.

        A busy queue may never be empty. There a job is sent again after long, a few at a time: at worst it was still
        on its way, and whoever comes second finds it taken.
        """
        found = list(waiting.filter(sent_to_broker_at__lt=now - LOST_AFTER)[:AT_ONCE])
        if found and self.depth():
            return list(waiting.filter(sent_to_broker_at__lt=now - LOST_FOR_SURE_AFTER)[:FEW_AT_ONCE])
        return found

    def depth(self) -> int:
        """How many messages wait in the queue; a broker that does not answer has to be assumed full."""
        from kombu.exceptions import OperationalError

        try:
            with self._app.connection_for_read() as broker:
                broker.ensure_connection(max_retries=1, timeout=TIMEOUT)
                return int(broker.default_channel.queue_declare(self.queue, passive=True).message_count)
        except (OperationalError, OSError, *self._app.connection_for_read().channel_errors):
            return 1

    # --- running ---------------------------------------------------------------
    def work(self, stop: threading.Event, *, workers: int) -> None:
        from celery.worker import WorkController, state
        from kombu.asynchronous import set_event_loop

        self._stop = stop
        self._app.tasks.register(self._task)
        self._app.set_default()
        controller = WorkController(
            app=self._app, pool="threads", concurrency=workers, without_gossip=True, without_mingle=True
        )
        watch = threading.Thread(target=self._tend, args=[stop], name="worker-watch", daemon=True)
        watch.start()
        controller.start()
        watch.join()
        # Celery keeps these in modules: they are cleared for whoever works next in this process.
        state.should_stop = None
        set_event_loop(None)
        self._close_connections()

    def _close_connections(self) -> None:
        """Those of the worker threads, which have ended without a chance to do it."""
        while self._connections:
            ended = self._connections.pop()
            ended.inc_thread_sharing()
            ended.close()

    def _tend(self, stop: threading.Event) -> None:
        from celery.worker import state

        while not stop.wait(1.0):
            self._holding.renew()
            close_old_connections()
        connection.close()
        state.should_stop = 0

    def run_one(self, job_id: int) -> None:
        """Run the job of that id, if it can be claimed, and pass on to the next of its key."""
        close_old_connections()
        if not hasattr(self._mine, "name"):
            self._mine.name = new_worker()
            self._connections.append(connections["default"])
        if self._stop.is_set():
            # Celery fetched it ahead of time, and would run it before it ends: another worker gets it from the clock.
            JobRow.objects.filter(id=job_id, state=JobRow.State.READY).update(sent_to_broker_at=None)
            return
        row = claim(self._mine.name, only=job_id)
        if row is not None:
            with self._holding.during(row):
                run(row)
            if row.key and (following := successor(row.key)):
                self.announce(following.pk, following.priority)
        close_old_connections()

    # --- Celery ----------------------------------------------------------------
    @cached_property
    def _app(self) -> Any:
        from celery import Celery as Application

        # No fixups: what Celery would do for Django is done here, in the right threads.
        app = Application("opieka", broker=self.url, fixups=set(), set_as_current=False)
        app.conf.update(
            task_default_queue=self.queue,
            task_default_delivery_mode="transient",
            task_ignore_result=True,
            task_serializer="json",
            accept_content=["json"],
            task_queue_max_priority=LOWEST,
            worker_prefetch_multiplier=1,
            worker_enable_remote_control=False,
            worker_hijack_root_logger=False,
            worker_redirect_stdouts=False,
            broker_connection_timeout=TIMEOUT,
            broker_connection_retry_on_startup=True,
            broker_connection_max_retries=None,
            broker_transport_options=self._transport(),
        )
        return app

    def _transport(self) -> dict[str, Any]:
        quick = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
        if not self.url.startswith("redis"):
            return quick | {"read_timeout": 30, "write_timeout": TIMEOUT}
        return quick | {
            "priority_steps": list(range(LOWEST + 1)),
            "queue_order_strategy": "priority",
            "socket_timeout": 30,
            "socket_connect_timeout": TIMEOUT,
        }

    @cached_property
    def _task(self) -> Any:
        def run_job(job_id: int) -> None:
            self.run_one(job_id)

        return self._app.task(name="opieka.run", shared=False, lazy=False)(run_job)

    def check(self) -> str:
        from kombu.exceptions import OperationalError

        try:
            with self._app.connection_for_read() as broker:
                broker.ensure_connection(max_retries=1, timeout=TIMEOUT)
        except OperationalError as error:
            raise OSError(f"The broker does not answer: {error}") from error
        return "The broker answers."
