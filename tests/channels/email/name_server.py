"""A name server on this machine that knows a few TXT records, and counts who asked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = dict[str, str]


@contextmanager
def name_server(records: Records, *, silent: bool = False) -> Iterator[tuple[str, list[str]]]:
    """The address of the server, and the names it was asked for; a `silent` one hears and never answers."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    asked: list[str] = []
    serving = threading.Thread(target=_serve, args=(listening, records, asked, silent), daemon=True)
    serving.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}", asked
    finally:
        # An empty packet wakes the thread, so that it can go.
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", listening.getsockname())
        serving.join()
        listening.close()


def _serve(listening: socket.socket, records: Records, asked: list[str], silent: bool) -> None:
    while True:
        packet, sender = listening.recvfrom(4096)
        if not packet:
            return
        question = dns.message.from_wire(packet)
        name = question.question[0].name.to_text().rstrip(".").lower()
        asked.append(name)
        if silent:
            continue
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        if name in records:
            said = " ".join(f'"{records[name][at : at + 200]}"' for at in range(0, len(records[name]), 200))
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", said))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        listening.sendto(answer.to_wire(), sender)
