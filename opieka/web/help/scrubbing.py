"""Taking out of an error whatever could name somebody.

The patterns of the logs find e-mails and numbers but no names, so this works the other way round: only words known to be words of the
programs stay, which are those of our own source, of the operating system's errors and of HTTP. Names of files stay
from "opieka/" on: what stands before tells where and in whose home the program lives.
"""

import ast
import os
import re
from functools import cache
from http import HTTPStatus
from pathlib import Path

from opieka.plumbing.census import table_words
from opieka.plumbing.logs import without_personal_data

HOUSE = Path(__file__).resolve().parents[2]
# Folders whose texts name nobody; the demo shop and the samples of the components are full of people.
SOURCES = ("plumbing", "channels", "conversations", "accounts", "knowledge")
GONE = "…"
LONGEST = 2000
_EXTRA = """
    a an and at authentication authenticated be cannot certificate check column constraint connect connection could did
    disk error errors errno exceeded failed failure foreign found for from full handshake has hostname imap in integrity
    invalid is issuer it key limit line local locked login mailbox message name no none not null of on out password
    permission protocol query read recv refused rejected relation reset resolve retry select self server signed smtp
    socket ssl temporary the timed timeout tls to too table unable unique unexpected unknown value verify violates was
    with write wrong traceback most recent call last detail
"""
_ALSO_NAMES = {"jan", "lis", "maj", "wolna"}  # Months that people are called by, and a word of virus scanners.
_WORD = re.compile(r"[^\W\d_]+")
_FRAME = re.compile(r'^\s*File "(?P<path>[^"]+)", line (?P<line>\d+), in (?P<function>[\w<>.]+)$')
_PIECE = re.compile(r"[\w.]+|[^\w\s]|\s+")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")
_LONG_NUMBER = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){6,}")
_PATH = re.compile(r"[\w.~:-]*(?:/[\w.+-]+){2,}/?")
_SHORT_NUMBER = re.compile(r"\d{1,4}|\d(?:\.\d+){2}")


@cache
def vocabulary() -> frozenset[str]:
    """The words that may stay, in lower case, and the identifiers of our tables."""
    texts = [_EXTRA, *map(os.strerror, range(1, 134)), *(status.phrase for status in HTTPStatus)]
    for folder in SOURCES:
        texts += [text for path in (HOUSE / folder).rglob("*.py") for text in _texts_in(path)]
    words = {word for text in texts for word in _WORD.findall(text.lower())}
    return frozenset((words | table_words()) - _ALSO_NAMES)


def _texts_in(path: Path) -> list[str]:
    """The texts of a source file: messages stand in them, and names of nobody."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def scrubbed(error: str, known: frozenset[str]) -> str:
    """The error's kind, its places in the code and those of its words that are known."""
    lines = [_line(line, known) for line in without_personal_data(error[-LONGEST:]).splitlines()]
    return "\n".join(line for line in lines if line.strip(f"{GONE} "))


def _line(line: str, known: frozenset[str]) -> str:
    frame = _FRAME.match(line)
    if frame:
        return f"  {_place(frame['path'])}:{frame['line']} {frame['function']}"
    if line.startswith("    "):
        return ""  # The source line itself: the place is enough.
    plain = _PATH.sub(GONE, _LONG_NUMBER.sub(GONE, line))
    kept = "".join(_piece(piece, known) for piece in _PIECE.findall(plain))
    return re.sub(rf"\[?{GONE}(?:[\W_]*{GONE})*\]?", GONE, kept)


def _place(path: str) -> str:
    """The file from its package on."""
    parts = path.replace("\\", "/").split("/")
    for root in ("site-packages", "opieka"):
        if root in parts:
            last = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[last + (root == "site-packages") :])
    return parts[-1]


def _piece(piece: str, known: frozenset[str]) -> str:
    if not re.match(r"\w", piece):
        return piece
    word, dot = (piece[:-1], ".") if piece.endswith(".") else (piece, "")
    return (word if _may_stay(word, known) else GONE) + dot


def _may_stay(word: str, known: frozenset[str]) -> bool:
    if word.lower() in known or _SHORT_NUMBER.fullmatch(word):
        return True
    # "smtplib.SMTPServerDisconnected": the kind of an error, not a host, which would not end like this.
    ends = word.rpartition(".")[2]
    return (
        bool(_IDENTIFIER.fullmatch(word))
        and re.search(r"[a-z](?:Error|Exception|Refused|Disconnected)$", ends) is not None
    )
