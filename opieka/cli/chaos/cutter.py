"""A wire that can be cut: everything that goes to one port passes through here, until `cut` ends all of it at once."""

import socket
import threading
from contextlib import suppress

from opieka.cli.chaos.dovecot import free_port

CHUNK = 65_536


class Cutter:
    """Listens on `port` and passes on to `target`, both on 127.0.0.1."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.cuts = 0
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection as a broken line does, in the middle of whatever was being said."""
        with self._lock:
            ends, self._ends = self._ends, set()
        self.cuts += bool(ends)
        for end in ends:
            with suppress(OSError):
                # Zero seconds of patience: what is not yet sent is thrown away.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                # A thread waits for this end; closing alone would leave the line standing until it has heard something.
                end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._server.accept()
                called = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            except OSError:
                if self._server.fileno() < 0:
                    return
                continue
            called.settimeout(None)
            with self._lock:
                self._ends |= {caller, called}
            for pair in ((caller, called), (called, caller)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, goal: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(CHUNK):
                goal.sendall(content)
        with self._lock:
            self._ends -= {source, goal}
        for end in (source, goal):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                end.close()
