"""Runs a command where there is no network but loopback, and writes down what tried to leave: cut_off.py FILE COMMAND…

To be started inside a network namespace of its own (`unshare -n`). Each packet that is not for loopback goes down a
road to nowhere and becomes a line of FILE: where to, and what a name server would have been asked.
"""

import contextlib
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

# Neighbour discovery of IPv6 would count as an attempt, so there is none; the road needs no ARP either.
ROADS = """
ip link set lo up
ip link add nowhere type veth peer name beyond
ip link set beyond up
ip link set nowhere arp off up
ip route add default dev nowhere
"""
ETHERTYPES = {0x0800: "IPv4", 0x0806: "ARP", 0x86DD: "IPv6"}


def build_roads() -> None:
    Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    for line in ROADS.strip().splitlines():
        subprocess.run(line.split(), check=True)


def told(frame: bytes) -> str:
    """One frame in a line: "192.0.2.1 port 53 example.com"."""
    kind = int.from_bytes(frame[12:14])
    if kind != 0x0800:
        return ETHERTYPES.get(kind, hex(kind))
    packet = frame[14:]
    body = packet[(packet[0] & 15) * 4 :]
    words = " ".join(word.decode() for word in re.findall(rb"[a-z0-9_-]{2,}", body[20:]))
    return f"{socket.inet_ntoa(packet[16:20])} port {int.from_bytes(body[2:4])} {words}".strip()


def write_down(road: socket.socket, file: Path, over: threading.Event) -> None:
    with file.open("w", encoding="utf-8") as lines:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                lines.write(told(road.recv(65_536)) + "\n")


def main(file: Path, command: list[str]) -> int:
    build_roads()
    road = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    road.bind(("beyond", 0))
    road.settimeout(0.2)
    over = threading.Event()
    listener = threading.Thread(target=write_down, args=[road, file, over])
    listener.start()
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        time.sleep(0.3)
        over.set()
        listener.join()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
