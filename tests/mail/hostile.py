"""Thirty mails that nobody should have to receive. The large ones are made when they are asked for."""

import base64
import io
import os
import zipfile
from collections.abc import Callable, Iterator

HEAD = "From: Anna <anna@poczta.example>\r\nTo: pomoc@lampa.example\r\nSubject: {}\r\nDate: Mon, 16 Nov 2026 09:12:00 +0100\r\nMessage-ID: <{}@wrogie.example>\r\nMIME-Version: 1.0\r\n"
Maker = Callable[[str], bytes]
MAILS: dict[str, Maker] = {}


def hostile(maker: Maker) -> Maker:
    MAILS[maker.__name__] = maker
    return maker


def head(name: str, subject: str = "Pytanie") -> bytes:
    return HEAD.format(subject, name).encode()


@hostile
def no_headers(_name: str) -> bytes:
    return "Dzień dobry, gdzie moja paczka?\r\n".encode()


@hostile
def nothing_but_line_ends(_name: str) -> bytes:
    return b"\r\n\r\n\r\n"


@hostile
def no_sender(name: str) -> bytes:
    return head(name).replace(b"From: Anna <anna@poczta.example>\r\n", b"") + b"\r\nKto to?\r\n"


@hostile
def empty_message_id(name: str) -> bytes:
    return head(name).replace(f"<{name}@wrogie.example>".encode(), b"<>") + b"\r\nBez identyfikatora\r\n"


@hostile
def message_id_of_another(_name: str) -> bytes:
    return head("empty_subject") + b"\r\nTen sam identyfikator\r\n"


@hostile
def empty_subject(name: str) -> bytes:
    return head(name, "") + b"\r\nTen sam identyfikator, inna tresc\r\n"


@hostile
def endless_header(name: str) -> bytes:
    return head(name) + b"X-Long: " + b"a" * 3_000_000 + b"\r\n\r\nTekst\r\n"


@hostile
def many_headers(name: str) -> bytes:
    return head(name) + b"X-Spam: tak\r\n" * 50_000 + b"\r\nTekst\r\n"


@hostile
def endless_subject(name: str) -> bytes:
    return head(name, "=?utf-8?Q?=C5=82?= " * 20_000) + b"\r\nTekst\r\n"


@hostile
def endless_references(name: str) -> bytes:
    ids = "".join(f" <{number}@wrogie.example>\r\n" for number in range(5000))
    return head(name) + f"References:{ids}".encode() + b"\r\nTekst\r\n"


@hostile
def boundary_never_closed(name: str) -> bytes:
    return (
        head(name)
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOtwarte\r\n--b\r\nContent-Type: text/plain\r\n"
    )


@hostile
def boundary_missing(name: str) -> bytes:
    return head(name) + b"Content-Type: multipart/alternative\r\n\r\nBez granicy\r\n"


@hostile
def boundary_that_never_comes(name: str) -> bytes:
    return head(name) + b"Content-Type: multipart/mixed; boundary=inna\r\n\r\n--b\r\n\r\nZgubione\r\n--b--\r\n"


@hostile
def nested_into_itself(name: str) -> bytes:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    return head(name) + deep + b"\r\nNa dnie\r\n"


@hostile
def mails_within_mails(name: str) -> bytes:
    return head(name) + b"Content-Type: message/rfc822\r\n\r\n" * 300 + b"Subject: na dnie\r\n\r\nTekst\r\n"


@hostile
def ten_thousand_parts(name: str) -> bytes:
    part = "--b\r\nContent-Type: text/plain; name={}.txt\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
    parts = "".join(part.format(number) for number in range(10_000)).encode()
    return head(name) + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nTekst\r\n" + parts + b"--b--\r\n"


@hostile
def sixty_megabytes(name: str) -> bytes:
    content = base64.encodebytes(os.urandom(1 << 20) * 43).replace(b"\n", b"\r\n")
    kind = b"Content-Type: application/pdf; name=duzy.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return (
        head(name)
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nDuzy plik\r\n--b\r\n"
        + kind
        + content
        + b"--b--\r\n"
    )


@hostile
def zip_bomb(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zera.bin", b"\0" * 100_000_000)
    content = base64.encodebytes(packed.getvalue()).replace(b"\n", b"\r\n")
    kind = b"Content-Type: application/zip; name=bomba.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return (
        head(name)
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSpakowane\r\n--b\r\n"
        + kind
        + content
        + b"--b--\r\n"
    )


@hostile
def script_in_html(name: str) -> bytes:
    html = b"<p>Czytelny<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)></p>"
    return head(name) + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html


@hostile
def html_bomb(name: str) -> bytes:
    return head(name) + b"Content-Type: text/html\r\n\r\n<p>Gleboko</p>" + b"<div>" * 200_000


@hostile
def windows_1250(name: str) -> bytes:
    text = "Zażółć gęślą jaźń".encode("windows-1250")
    return (
        head(name, "Temat").replace(b"Temat", "Łódź".encode("windows-1250"))
        + b"Content-Type: text/plain; charset=windows-1250\r\n\r\n"
        + text
    )


@hostile
def windows_1250_called_iso(name: str) -> bytes:
    return (
        head(name) + b"Content-Type: text/plain; charset=iso-8859-2\r\n\r\n" + "Jaźń i ścieżka".encode("windows-1250")
    )


@hostile
def charset_that_does_not_exist(name: str) -> bytes:
    return head(name) + b"Content-Type: text/plain; charset=klingon-8\r\n\r\n" + "Zażółć".encode()


@hostile
def charset_that_is_a_codec(name: str) -> bytes:
    return head(name) + b"Content-Type: text/plain; charset=zlib\r\n\r\nTekst zwykly\r\n"


@hostile
def broken_base64(name: str) -> bytes:
    return (
        head(name)
        + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nRHppZcWEI!!!GRvYnJ5LCB0\r\n=x"
    )


@hostile
def nul_and_control_signs(name: str) -> bytes:
    return head(name) + b"Content-Type: text/plain\r\n\r\nZ\x00ero\x08 i \x1b[31mkolor\xff\xfe\r\n"


@hostile
def winmail(name: str) -> bytes:
    kind = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return (
        head(name)
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nZ Outlooka\r\n--b\r\n"
        + kind
        + b"eJ8+IgA=\r\n--b--\r\n"
    )


@hostile
def evil_file_names(name: str) -> bytes:
    named = b"".join(
        b'--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="%s"\r\n\r\nx\r\n' % one
        for one in (
            b"../../etc/passwd",
            b"C:\\\\nul.txt",
            b"\xb9\xe6\xea.txt",
            b"a" * 3000,
            b"faktura\xe2\x80\xaefdp.exe",
        )
    )
    return head(name) + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nPliki\r\n" + named + b"--b--\r\n"


@hostile
def delivery_report_of_nobody(name: str) -> bytes:
    status = b"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    return (
        head(name).replace(b"anna@poczta", b"mailer-daemon@poczta")
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nZwrot\r\n--b\r\n"
        + b"Content-Type: message/delivery-status\r\n\r\n" + status
        + b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <nie.nasze@x.example>\r\n\r\n--b--\r\n"
    )  # fmt: skip


@hostile
def wrong_date(name: str) -> bytes:
    return (
        head(name).replace(b"Mon, 16 Nov 2026 09:12:00 +0100", b"Piatek, 99 Xyz 99999 77:99:99 +9999")
        + b"\r\nKiedys\r\n"
    )


@hostile
def two_senders(name: str) -> bytes:
    return head(name).replace(b"Anna <anna@", b"prezes@lampa.example, Anna <anna@") + b"\r\nDwoje nadawcow\r\n"


def all_of_them() -> Iterator[tuple[str, bytes]]:
    for name, maker in MAILS.items():
        yield name, maker(name)
