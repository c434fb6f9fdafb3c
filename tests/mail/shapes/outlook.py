"""winmail.dat as Outlook packs it: written here by hand, after [MS-OXTNEF]."""

import struct

from tests.mail.shapes.building import DOCX, PDF, PNG, file, multi, shape, text

ENCLOSED = bytes.fromhex("0703020000000000c000000000000046")


def thing(level: int, name: int, content: bytes, kind: int = 6) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def properties(*said: tuple[int, int, bytes]) -> bytes:
    written = struct.pack("<I", len(said))
    for kind, name, value in said:
        written += struct.pack("<HH", kind, name)
        if kind in {0xD, 0x1E, 0x1F, 0x102}:
            written += struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
        else:
            written += value
    return written


def packed_file(name: str, content: bytes, *, short: bytes = b"PLIK~1.BIN\x00") -> bytes:
    long = properties((3, 0x3705, struct.pack("<I", 1)), (0x1F, 0x3707, (name + "\0").encode("utf-16-le")))
    return thing(2, 0x9002, bytes(14)) + thing(2, 0x8010, short) + thing(2, 0x800F, content) + thing(2, 0x9005, long)


def winmail(*files: bytes, subject: str = "", body: str = "") -> bytes:
    begun = struct.pack("<IH", 0x223E9F78, 1) + thing(1, 0x9006, struct.pack("<I", 0x10000), 8)
    begun += thing(1, 0x9007, struct.pack("<II", 1250, 0))
    if subject:
        begun += thing(1, 0x8004, subject.encode("cp1250") + b"\0", 1)
    if body:
        begun += thing(1, 0x9003, properties((0x1F, 0x1000, (body + "\0").encode("utf-16-le"))))
    return begun + b"".join(files)


def packed_message(inside: bytes) -> bytes:
    known = properties((3, 0x3705, struct.pack("<I", 5)), (0xD, 0x3701, ENCLOSED + inside))
    return thing(2, 0x9002, bytes(14)) + thing(2, 0x8010, b"Wiadomosc\0") + thing(2, 0x9005, known)


TWO = winmail(packed_file("Żądanie zwrotu.docx", DOCX), packed_file("skan.pdf", PDF + bytes(5)))


@shape(
    multi("mixed", text("Z Outlooka"), file("application/ms-tnef", TWO, "winmail.dat")),
    says="Z Outlooka",
    files=(("Żądanie zwrotu.docx", "application/zip", DOCX), ("skan.pdf", "application/pdf", PDF + bytes(5))),
)
def winmail_with_files() -> None: ...


ALONE = winmail(packed_file("zdjęcie.png", PNG), subject="Lampa", body="Treść tylko w winmail.dat")


@shape(
    file("application/octet-stream", ALONE, "winmail.dat"),
    says="Treść tylko w winmail.dat",
    files=(("zdjęcie.png", "image/png", PNG),),
)
def winmail_is_the_whole_mail() -> None: ...


INSIDE = winmail(packed_file("w środku.pdf", PDF), subject="Przekazany list", body="Tekst przekazanego")


@shape(
    multi("mixed", text("Przekazuję"), file("application/vnd.ms-tnef", winmail(packed_message(INSIDE)), "winmail.dat")),
    says="Przekazuję",
    files=(
        ("Przekazany list.txt", "text/plain", b"Przekazany list\n\nTekst przekazanego"),
        ("w środku.pdf", "application/pdf", PDF),
    ),
)
def winmail_with_a_message_inside() -> None: ...


ENDLESS = struct.pack("<IH", 0x223E9F78, 1) + thing(1, 0x9003, struct.pack("<IHHI", 0xFFFFFFFF, 0x1003, 1, 0xFFFFFFFF))


@shape(
    multi("mixed", text("Złośliwy"), file("application/ms-tnef", ENDLESS, "winmail.dat")),
    says="Złośliwy",
    files=(("winmail.dat", "application/octet-stream", ENDLESS),),
)
def winmail_that_lies_about_its_length() -> None: ...
