"""Charsets, encodings, kinds of text, and files inside of text."""

import base64
import binascii

from tests.mail.shapes.building import PDF, PNG, file, html, multi, part, shape, text

PANGRAM = "Zażółć gęślą jaźń, Łódź"


@shape(text(PANGRAM, charset="windows-1250"), says=PANGRAM)
def windows_1250() -> None: ...


@shape(text(PANGRAM, charset="iso-8859-2", encoding="quoted-printable"), says=PANGRAM)
def iso_8859_2() -> None: ...


@shape(text("Дякую, Україна ґанок", charset="koi8-u"), says="Дякую, Україна ґанок")
def koi8_u() -> None: ...


@shape(text(PANGRAM, charset="utf-16", encoding="base64"), says=PANGRAM)
def utf_16() -> None: ...


@shape(part("text/plain; charset=iso-8859-1", PANGRAM), says=PANGRAM)
def utf_8_called_latin() -> None: ...


@shape(part("text/plain; charset=utf-8", PANGRAM, charset="cp1250"), says=PANGRAM)
def windows_1250_called_utf_8() -> None: ...


@shape(part("text/plain; charset=iso-8859-2", "Jaźń, ścieżka", charset="cp1250"), says="Jaźń, ścieżka")
def windows_1250_called_iso_8859_2() -> None: ...


@shape(part("text/plain", PANGRAM), says=PANGRAM)
def no_charset() -> None: ...


@shape(part("text/plain; charset=cp-850-ish", PANGRAM), says=PANGRAM)
def charset_nobody_knows() -> None: ...


@shape(
    multi("mixed", text("", encoding="7bit"), file("application/pdf", PDF, "a.pdf")),
    files=(("a.pdf", "application/pdf", PDF),),
)
def empty_text_with_a_file() -> None: ...


@shape(text(""))
def nothing_at_all() -> None: ...


RICH = "<bold>Ważne</bold>: lampa <italic>nie</italic> działa"


@shape(
    multi("alternative", text("Ważne: lampa nie działa"), part("text/enriched; charset=utf-8", RICH)),
    says="Ważne: lampa nie działa",
    files=(("plik-1.txt", "application/octet-stream", RICH.encode()),),
)
def enriched_beside_plain() -> None: ...


@shape(
    part("text/enriched; charset=utf-8", RICH),
    says=("Ważne", "działa"),
    files=(("plik-1.txt", "application/octet-stream", RICH.encode()),),
)
def enriched_alone() -> None: ...


def _uu(name: str, content: bytes) -> str:
    lines = [binascii.b2a_uu(content[at : at + 45]).decode().rstrip("\n") for at in range(0, len(content), 45)]
    return "\n".join([f"begin 644 {name}", *lines, "`", "end"])


@shape(
    part("text/plain; charset=us-ascii", f"Stary program\n{_uu('skan.png', PNG)}\ni jeszcze\n{_uu('umowa.pdf', PDF)}\nKoniec", encoding="7bit"),
    says=("Stary program", "i jeszcze", "Koniec"),
    files=(("skan.png", "image/png", PNG), ("umowa.pdf", "application/pdf", PDF)),
)  # fmt: skip
def uuencoded_in_the_text() -> None: ...


@shape(part("text/plain", "begin 644 nic\nto nie jest plik"), says=("begin 644 nic", "to nie jest plik"))
def text_that_only_begins_like_uuencode() -> None: ...


YENC = b"Plik yEnc\r\n=ybegin line=128 size=5 name=a.bin\r\n\x8c\x8d\x8e\x8f\x90\r\n=yend size=5\r\n"


@shape(
    part("text/plain; charset=iso-8859-1", YENC, encoding="8bit"),
    says="Plik yEnc",
    files=(("plik-1.txt", "text/plain", YENC),),
)
def yenc_in_the_text() -> None: ...


CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Anna Kowalska\nTEL:+48 600 100 200\nEND:VCARD\n"


@shape(
    multi("mixed", text("Moja wizytówka"), part('text/vcard; charset=utf-8; name="Anna.vcf"', CARD, 'Content-Disposition: attachment; filename="Anna.vcf"')),
    says="Moja wizytówka",
    files=(("Anna.vcf", "text/vcard", CARD.replace("\n", "\r\n").encode()),),
)  # fmt: skip
def visiting_card() -> None: ...


NOTES = "Notatka o lampie\n"
LOG = "2026-11-16 09:12:00 blad sterownika\n" * 3000


@shape(
    multi("mixed", text("Dwa pliki w treści"), part('text/plain; charset=utf-8; name="notatka.txt"', NOTES, 'Content-Disposition: inline; filename="notatka.txt"'), part('text/plain; name="sterownik.log"', LOG, 'Content-Disposition: inline; filename="sterownik.log"')),
    says=("Dwa pliki w treści", "Notatka o lampie"),
    files=(("notatka.txt", "text/plain", NOTES.replace("\n", "\r\n").encode()), ("sterownik.log", "text/plain", LOG.replace("\n", "\r\n").encode())),
)  # fmt: skip
def text_files_in_line() -> None: ...


LONG = "Bardzo długi list o lampach. " * 20_000


@shape(
    text(LONG, encoding="base64"),
    says="Bardzo długi list",
    files=(("plik-1.txt", "text/plain", LONG.encode()),),
)
def text_longer_than_any_page() -> None: ...


BIG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000
EMBEDDED = "7e5c1f0d"


@shape(
    html(f'<p>Zrzut:</p><img alt="zrzut" src="data:image/png;base64,{base64.b64encode(BIG).decode()}"><p>Koniec listu</p>'),
    says=("Zrzut:", "Koniec listu"),
    files=(("*.png", "image/png", BIG),),
)  # fmt: skip
def picture_inside_the_html() -> None: ...


PAGE = "<html><body><script>alert(1)</script>Potwierdzenie</body></html>"


@shape(
    multi("mixed", html("<p>Potwierdzenie w pliku</p>"), part('text/html; charset=utf-8; name="potwierdzenie.html"', PAGE, 'Content-Disposition: attachment; filename="potwierdzenie.html"')),
    says="Potwierdzenie w pliku",
    files=(("potwierdzenie.html", "application/octet-stream", PAGE.encode()),),
)  # fmt: skip
def html_as_a_file() -> None: ...


TABLE = "kod;sztuk\n5901;3\n"


@shape(
    multi("mixed", text("Zamówienie hurtowe"), part("text/csv; charset=utf-8", TABLE, 'Content-Disposition: attachment; filename="zamówienie.csv"')),
    says="Zamówienie hurtowe",
    files=(("zamówienie.csv", "text/csv", TABLE.replace("\n", "\r\n").encode()),),
)  # fmt: skip
def table_as_text() -> None: ...


SAME = "\"'()+_,-./:=?"


@shape(
    multi("mixed", text("Granica ze znakami"), file("application/pdf", PDF, "a.pdf"), boundary="'()+_,-./:=? x"),
    says="Granica ze znakami",
    files=(("a.pdf", "application/pdf", PDF),),
)
def boundary_of_odd_signs() -> None: ...


@shape(
    multi("mixed", multi("alternative", text("Granice podobne"), html("<p>Granice podobne</p>"), boundary="abc-1"), file("application/pdf", PDF, "a.pdf"), boundary="abc"),
    says="Granice podobne",
    files=(("a.pdf", "application/pdf", PDF),),
)  # fmt: skip
def boundary_that_begins_like_another() -> None: ...


@shape(
    multi("mixed", text("Nie ma końca"), file("application/pdf", PDF, "a.pdf", disposition="attachment"), end=False),
    says="Nie ma końca",
    files=(("a.pdf", "application/pdf", PDF),),
)
def no_end_boundary() -> None: ...


@shape(
    multi("mixed", text("Między"), file("application/pdf", PDF, "a.pdf"), before="Przed wszystkim\r\n", after="Po wszystkim\r\n"),
    says="Między",
    files=(("a.pdf", "application/pdf", PDF),),
)  # fmt: skip
def words_outside_of_every_part() -> None: ...


def _deep(levels: int):
    node = multi("mixed", text("Na samym dnie"), file("application/pdf", PDF, "dno.pdf"))
    for _level in range(levels):
        node = multi("mixed", node)
    return node


@shape(_deep(12), says="Na samym dnie", files=(("dno.pdf", "application/pdf", PDF),))
def parts_twelve_deep() -> None: ...


RAW = b"\x00\x01\xff\r\n\xfe" + bytes(range(1, 255))


@shape(
    multi("mixed", text("Bez kodowania"), part("application/x-dane", RAW, 'Content-Disposition: attachment; filename="dane.bin"', encoding="binary")),
    says="Bez kodowania",
    files=(("dane.bin", "application/octet-stream", RAW),),
)  # fmt: skip
def bytes_in_no_encoding() -> None: ...
