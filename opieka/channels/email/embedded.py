"""Files that stand inside the text of a mail instead of beside it."""

import binascii
import hashlib
import re
from itertools import islice

from opieka.channels.base import File
from opieka.channels.email.names import claimed_kind, name_of

BEGINS = re.compile(r"^begin [0-7]{3,4} (\S.{0,199})$", re.MULTILINE)
LINE = re.compile(r"\n([^\n]*)")
MOST_TRIES = 500
# Small ones are spacers and bullets: they stay where they are.
PICTURE = re.compile(
    r"""(?i)(?P<before><img\b[^<>]{0,2000}?\bsrc\s*=\s*["'])data:image/(?P<kind>png|jpe?g|gif|webp);base64,(?P<content>[a-z0-9+/=\s]{1500,})"""
)


def uuencoded(text: str) -> tuple[str, list[File]]:
    """The text without its uuencoded files, and those files. What is no such file stays text."""
    if "begin " not in text:
        return text, []
    files: list[File] = []
    kept, place = [], 0
    for found in islice(BEGINS.finditer(text), MOST_TRIES):
        if found.start() < place:
            continue
        content, after = _uudecoded(text, found.end())
        if content is not None:
            name = name_of(found[1])
            files.append(File(name=name, content=content, content_type=claimed_kind("", name)))
            kept.append(text[place : found.start()])
            place = after
    return "".join([*kept, text[place:]]), files


def _uudecoded(text: str, place: int) -> tuple[bytes | None, int]:
    """The content up to its line "end", and where the text goes on; None when the lines are no such file."""
    content = bytearray()
    for found in LINE.finditer(text, place):
        line = found[1].rstrip("\r")
        if line.strip() == "end":
            return bytes(content), found.end()
        try:
            content += _line(line.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError):
            return None, place
    return None, place


def _line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders fill the last group with what is no zero; its length stands in the first sign.
        return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3 + 1]) if line else b""


def pictures_taken_out(html: str) -> tuple[str, list[File]]:
    """The HTML with its embedded pictures named by `cid:`, and those pictures as files."""
    files: dict[str, File] = {}

    def named(found: re.Match[str]) -> str:
        try:
            content = binascii.a2b_base64("".join(found["content"].split()))
        except binascii.Error:
            return found[0]
        kind = found["kind"].lower().replace("jpg", "jpeg")
        name = hashlib.sha256(content).hexdigest()[:16]
        cid = f"{name}@embedded"
        files.setdefault(cid, File(name=f"{name}.{kind}", content=content, content_type=f"image/{kind}", cid=cid))
        return f"{found['before']}cid:{cid}"

    return (PICTURE.sub(named, html) if "base64," in html else html), list(files.values())
