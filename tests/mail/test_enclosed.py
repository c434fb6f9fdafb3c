"""What came inside a mail and is shown as more than a file: calendars, letters, Outlook's packages, pictures."""

import struct
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opieka.channels.base import Inbound
from opieka.channels.email.calendars import invitation_of
from opieka.channels.email.embedded import uuencoded
from opieka.channels.email.enclosed import enclosed_in
from opieka.channels.email.keys import Seal
from opieka.channels.email.mime import parts_of
from opieka.channels.email.outlook import NotOutlooks, unpack
from opieka.channels.email.parse import parse
from opieka.channels.models import Inbox
from opieka.conversations.models import Attachment, Message
from opieka.plumbing.jobs import drain
from opieka.web.inbox.invitations import when
from tests.mail.shapes.building import HEAD, PNG, html, part
from tests.mail.shapes.calendars import calendar
from tests.mail.shapes.outlook import ENDLESS, TWO, thing, winmail
from tests.mail.test_shapes import all_shapes, arrive, downloaded, mailbox, signed_in  # noqa: F401
from tests.world import World

SEAL = Seal(secret="tajne", address="pomoc@lampa.example")


def read(raw: bytes) -> Inbound:
    return parse(raw, {}, seal=SEAL)[0]


def shape(name: str) -> bytes:
    return next(one.raw for one in all_shapes() if one.name == name)


def shown(world: World, mailbox: Inbox, raw: bytes) -> tuple[Message, str]:
    """The message as the agent's page tells it."""
    kept = arrive(mailbox, raw, key="x")
    drain()
    message = Message.objects.get(raw=kept)
    return message, signed_in(world.piotr).get(f"/conversations/{message.conversation.number}/").content.decode()


# --- calendars ---------------------------------------------------------------
@pytest.mark.parametrize("name", ["calendar_of_google", "calendar_of_outlook"])
def test_an_invitation_is_a_card_in_the_shops_own_time(world: World, mailbox: Inbox, name: str):
    world.shop.time_zone = "America/New_York"
    world.shop.save()

    message, page = shown(world, mailbox, shape(name))

    for words in ("Zaproszenie", "Odbiór reklamowanej lampy", "Czwartek, 3 grudnia 2026, 04:00–05:00", "Gdzie"):
        assert words in page
    assert "ul. Świetlna 4, Łódź" in page
    assert "Anna Kowalska (anna@poczta.example)" in page
    assert page.count("class=&quot;invitation&quot;") + page.count('class="invitation"') == 1
    assert f'href="/files/{Attachment.objects.get(message=message, content_type="text/calendar").pk}/"' in page


@pytest.mark.parametrize(
    ("name", "words"),
    [("calendar_in_line", ["Odwołanie", "invitation cancelled"]), ("calendar_is_the_whole_mail", ["Odpowiedź", "Przyjmuje", "Jan Nowak"])],
)  # fmt: skip
def test_a_calendar_says_what_it_asks_for(world: World, mailbox: Inbox, name: str, words: list[str]):
    _message, page = shown(world, mailbox, shape(name))

    assert [one for one in words if one not in page] == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("DTSTART:20261203T090000Z", "DTEND:20261203T113000"), "Czwartek, 3 grudnia 2026, 10:00–11:30"),
        (("DTSTART:20261203T100000",), "Czwartek, 3 grudnia 2026, 10:00"),
        (("DTSTART:20261203T200000Z", "DTEND:20261204T100000Z"), "21:00 – Piątek, 4 grudnia 2026, 11:00"),
        (("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261204"), "<dd>Czwartek, 3 grudnia 2026</dd>"),
        (("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261206"), "grudnia 2026 – Sobota, 5 grudnia 2026"),
        (("DTSTART:20261203T090000Z", "DTEND:99991231T235959Z"), "Czwartek, 3 grudnia 2026, 10:00<"),
        (("DTSTART:20261203T090000Z", "DURATION:P99999W"), "Czwartek, 3 grudnia 2026, 10:00<"),
        (("DTSTART:20261203T090000Z", "DTEND:20261203T080000Z"), "Czwartek, 3 grudnia 2026, 10:00<"),
    ],
)
def test_when_it_is_reads_as_people_say_it(world: World, mailbox: Inbox, lines: tuple[str, ...], words: str):
    said = calendar("REQUEST", "SUMMARY:Odbiór", *lines)
    node = part("text/calendar; charset=utf-8", said)

    _message, page = shown(world, mailbox, HEAD.format(subject="x", name="x").encode() + node.source)

    assert words in page


def test_times_of_a_calendar_are_read_as_they_are_meant():
    def at(*lines: str):
        return invitation_of(calendar("REQUEST", "SUMMARY:x", *lines).encode())

    zone = 'DTSTART;TZID="Central European Standard Time":20261203T100000'
    assert at(zone).starts.astimezone(UTC) == datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert at("DTSTART:20261203T100000").starts == datetime(2026, 12, 3, 10)  # noqa: DTZ001 - Without a zone it means ours.
    assert str(at("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261205").ends) == "2026-12-05"
    assert at("DTSTART:20261203T090000Z", "DURATION:PT45M").ends == datetime(2026, 12, 3, 9, 45, tzinfo=UTC)
    assert at("DTSTART:20261203T090000Z", "RRULE:FREQ=SECONDLY").repeats


OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:(UTC+01:00) Sarajewo\\, Warszawa
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(("day", "hour"), [("20260703", 8), ("20261203", 9)])
def test_a_time_zone_that_only_the_file_knows_is_used(day: str, hour: int):
    said = calendar("REQUEST", f'DTSTART;TZID="(UTC+01:00) Sarajewo\\, Warszawa":{day}T100000')

    found = invitation_of(said.replace("BEGIN:VEVENT", f"{OUTLOOK_ZONE}BEGIN:VEVENT").encode())

    assert found.starts.astimezone(UTC).hour == hour


def test_a_time_zone_that_changes_every_second_is_not_worked_out():
    said = calendar("REQUEST", 'DTSTART;TZID="(UTC+01:00) Sarajewo\\, Warszawa":20260703T100000')
    endless = OUTLOOK_ZONE.replace("FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "FREQ=SECONDLY")

    found = invitation_of(said.replace("BEGIN:VEVENT", f"{endless}BEGIN:VEVENT").encode())

    assert found.starts == datetime(2026, 7, 3, 10)  # noqa: DTZ001 - Without a zone it means ours.


def test_no_file_sets_the_clock_for_another():
    said = calendar("REQUEST", 'DTSTART;TZID="(UTC+01:00) Sarajewo\\, Warszawa":20261203T100000')
    for zone, hour in ((OUTLOOK_ZONE.replace("TZOFFSETTO:+0100", "TZOFFSETTO:+0900"), 1), (OUTLOOK_ZONE, 9)):
        found = invitation_of(said.replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT").encode())

        assert found.starts.astimezone(UTC).hour == hour


def test_only_the_first_event_speaks():
    second = "END:VEVENT\nBEGIN:VEVENT\nSUMMARY:Drugie\nLOCATION:Gdzie indziej\nRRULE:FREQ=DAILY"

    found = invitation_of(calendar("REQUEST", "DTSTART:20261203T090000Z", "SUMMARY:Pierwsze", second).encode())

    assert (found.title, found.where, found.repeats) == ("Pierwsze", "", False)


HOSTILE = [
    b"BEGIN:VEVENT",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:00010101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=../../etc/passwd:20261203T100000\r\nEND:VEVENT\r\nEND:VCALENDAR",
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=X:99991231T235959\r\nDTEND:20260101\r\nEND:VEVENT\r\nEND:VCALENDAR",
    b"BEGIN:VEVENT\r\n" * 20_000,
    b"BEGIN:VEVENT\r\n" + b"X" * 600_000,
]


@pytest.mark.parametrize("content", HOSTILE)
def test_a_hostile_calendar_is_a_plain_file(world: World, mailbox: Inbox, content: bytes):
    raw = HEAD.format(subject="Kalendarz", name="k").encode() + b"Content-Type: text/calendar\r\n\r\n" + content

    message, _page = shown(world, mailbox, raw)

    assert downloaded(signed_in(world.piotr), f"/files/{message.attachments.get().pk}/") == content


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["DTSTART", "DTEND", "ORGANIZER", "ATTENDEE", "RRULE", "DURATION", "SUMMARY"]), st.text(max_size=40)
)
def test_no_line_of_a_calendar_stops_anything(name: str, value: str):
    found = invitation_of(calendar("REQUEST", "DTSTART:20261203T090000Z", f"{name}{value}", f"{name}:{value}").encode())

    assert found is None or when(found.starts, found.ends)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.dates(), st.datetimes()), st.one_of(st.none(), st.dates(), st.datetimes()), st.sampled_from(["", "Z"])
)
def test_whatever_moment_a_calendar_names_can_be_shown(starts: date, ends: date | None, zone: str):
    def line(name: str, moment: date) -> str:
        if isinstance(moment, datetime):
            return f"{name}:{moment.year:04}{moment:%m%dT%H%M%S}{zone if name == 'DTEND' else ''}"
        return f"{name};VALUE=DATE:{moment.year:04}{moment:%m%d}"

    lines = [line("DTSTART", starts), *([line("DTEND", ends)] if ends else [])]
    found = invitation_of(calendar("REQUEST", *lines).encode())

    assert (found is not None) == (1900 <= starts.year <= 2200)
    assert found is None or when(found.starts, found.ends)


# --- letters in letters ------------------------------------------------------
def test_an_enclosed_letter_is_read_with_its_own_files(world: World, mailbox: Inbox):
    message, page = shown(world, mailbox, shape("two_mails_deep"))
    client, address = signed_in(world.piotr), f"/files/{message.attachments.get().pk}/letter/"

    first = client.get(address).content.decode()
    second = client.get(f"{address}?inside=0").content.decode()
    picture = downloaded(client, f"{address.removesuffix('letter/')}?inside=0.0")

    assert f'hx-get="{address}"' in page
    for words in ("Jan Nowak", "jan@firma.example", "Pierwszy poziom", "13 listopada 2026 18:05", "Pośrodku"):
        assert words in first
    assert f'hx-get="{address}?inside=0"' in first
    assert "Na dnie" in second
    assert "dno.png" in second
    assert picture == PNG


@pytest.mark.parametrize("way", ["9", "0.9", "x", "-1", "0." * 30, "٣", "0.0.0"])
def test_a_way_that_leads_nowhere_leads_nowhere(world: World, mailbox: Inbox, way: str):
    message, _page = shown(world, mailbox, shape("two_mails_deep"))
    address = f"/files/{message.attachments.get().pk}/"

    assert signed_in(world.piotr).get(address, {"inside": way}).status_code == 404


def test_what_is_no_letter_says_so(world: World, mailbox: Inbox):
    message, _page = shown(world, mailbox, shape("scanner_pdf_alone"))

    page = signed_in(world.piotr).get(f"/files/{message.attachments.get().pk}/letter/").content.decode()

    assert "nie ma listu, który da się przeczytać" in page


def test_nothing_inside_is_told_to_another_shop(world: World, mailbox: Inbox):
    message, _page = shown(world, mailbox, shape("two_mails_deep"))
    stranger = signed_in(world.olek)

    for address in ("mail/", "parts/", "parts/?part=1"):
        assert stranger.get(f"/messages/{message.pk}/{address}").status_code == 404
    for address in ("letter/", "?inside=0"):
        assert stranger.get(f"/files/{message.attachments.get().pk}/{address}").status_code == 404


# --- Outlook's packages ------------------------------------------------------
def test_a_package_that_lies_ends_at_once():
    whole = winmail(ENDLESS[6:])
    for cut in range(0, len(TWO), 7):
        try:
            unpack(TWO[:cut])
        except NotOutlooks:
            assert cut < 6
    assert unpack(whole).files == []
    assert unpack(TWO[:6] + thing(2, 0x800F, b"ohne Datei") + TWO[6:]).files[0].name == "Żądanie zwrotu.docx"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=120), st.integers(0, len(TWO)), st.integers(0, 0xFFFFFFFF))
def test_no_package_stops_anything(noise: bytes, place: int, count: int):
    for content in (
        TWO[:6] + noise,
        TWO[:place] + noise + TWO[place:],
        TWO[:place] + struct.pack("<I", count) + TWO[place + 4 :],
        winmail(thing(2, 0x9002, b""), thing(2, 0x9005, struct.pack("<I", count) + noise)),
    ):
        try:
            unpack(content)
        except NotOutlooks:
            assert content[:4] != TWO[:4] or len(content) < 6


def test_a_text_of_nothing_but_beginnings_is_read_at_once():
    text = "begin 644 a\n" * 200_000 + "begin 644 b\nMAAAA\n" * 100_000

    assert uuencoded(text) == (text, [])


# --- pictures ----------------------------------------------------------------
LETTER = (
    '<p>Oferta</p><img src="https://sklep.example/baner.png" width="600"><img src="//cdn.example/a.gif">'
    '<img src="https://sledzi.example/o?u=1&amp;v=2" width="1" height="1"><img style="display:none" src="https://inny.example/p">'
    '<img src="cid:a@x" style="border-width:0"><img src="cid:a%40x2"><img src="cid:nie-ma">'
)  # fmt: skip


def test_pictures_from_outside_are_off_until_asked_and_pixels_for_ever(world: World, mailbox: Inbox):
    node = html(LETTER)
    raw = HEAD.format(subject="Oferta", name="o").encode() + node.source
    message, page = shown(world, mailbox, raw)
    client = signed_in(world.piotr)

    off, frame = client.get(f"/messages/{message.pk}/letter/"), client.get(f"/messages/{message.pk}/original/")
    on, asked = (client.get(f"/messages/{message.pk}/{one}/?pictures=1") for one in ("letter", "original"))

    assert "Zablokowano 2 obrazki z zewnątrz" in page
    assert "Zablokowano 2 piksele śledzące: sledzi.example, inny.example" in page
    assert "https:" not in off.content.decode() + off["Content-Security-Policy"]
    assert "Pokaż obrazki" in frame.content.decode()
    assert "sklep.example, cdn.example" in frame.content.decode()
    assert 'src="https://sklep.example/baner.png"' in on.content.decode()
    assert 'src="https://cdn.example/a.gif"' in on.content.decode()
    assert "sledzi.example" not in on.content.decode()
    assert "inny.example" not in on.content.decode()
    assert "img-src 'self' data: https: http:" in on["Content-Security-Policy"]
    assert on["Referrer-Policy"] == "no-referrer"
    assert "Pokaż obrazki" not in asked.content.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [("outlook_picture_in_signature", 1), ("gmail_picture_and_file", 1), ("picture_by_its_address", 1), ("picture_inside_the_html", 1), ("picture_that_the_text_does_not_name", 0)],
)  # fmt: skip
def test_a_letters_own_pictures_are_shown(world: World, mailbox: Inbox, name: str, said: int):
    message, _page = shown(world, mailbox, shape(name))
    client = signed_in(world.piotr)

    page = client.get(f"/messages/{message.pk}/letter/").content.decode()

    shown_there = [file for file in message.attachments.all() if f'src="/files/{file.pk}/?shown=1"' in page]
    assert len(shown_there) == said
    assert all(client.get(f"/files/{file.pk}/?shown=1")["Content-Type"].startswith("image/") for file in shown_there)


def test_one_picture_is_not_taken_for_another_whose_name_begins_the_same(world: World, mailbox: Inbox):
    parts = "".join(
        f'--b\r\nContent-Type: image/png; name="{cid}.png"\r\nContent-ID: <{cid}>\r\n\r\n\x89PNG{cid}\r\n' for cid in ("a", "ab", "A b")
    )  # fmt: skip
    body = f'--b\r\nContent-Type: text/html\r\n\r\n<img src="cid:ab"><img src="CID:a"><img src="cid:A%20b">\r\n{parts}--b--\r\n'
    raw = HEAD.format(subject="x", name="x") + f"Content-Type: multipart/related; boundary=b\r\n\r\n{body}"
    message, _page = shown(world, mailbox, raw.encode("latin-1"))
    numbers = {file.cid: file.pk for file in message.attachments.all()}

    page = signed_in(world.piotr).get(f"/messages/{message.pk}/letter/").content.decode()

    order = [f"/files/{numbers[cid]}/?shown=1" for cid in ("ab", "a", "A b")]
    assert [page.find(one) for one in order] == sorted(page.find(one) for one in order)
    assert -1 not in [page.find(one) for one in order]


# --- what else the page says -------------------------------------------------
@pytest.mark.parametrize("name", ["pgp_mime_encrypted", "exchange_smime_opaque"])
def test_a_letter_that_cannot_be_opened_says_so(world: World, mailbox: Inbox, name: str):
    _message, page = shown(world, mailbox, shape(name))

    assert "List jest zaszyfrowany albo zamknięty w pliku; Opieka go nie otwiera." in page


def test_a_letter_without_a_word_is_known_by_its_file(world: World, mailbox: Inbox):
    message, _page = shown(world, mailbox, shape("scanner_pdf_alone"))

    assert message.conversation.preview == "SKMBT_C22026111609120.pdf"
    page = signed_in(world.piotr).get("/?view=all").content.decode()
    assert "SKMBT_C22026111609120.pdf" in page


# --- whatever comes ----------------------------------------------------------
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([one.raw for one in all_shapes() if len(one.raw) < 5000]),
    st.integers(0, 4999),
    st.binary(max_size=12),
)
def test_a_damaged_letter_is_still_opened(raw: bytes, place: int, noise: bytes):
    damaged = raw[:place] + noise + raw[place + len(noise) :]

    assert parts_of(damaged)
    found = enclosed_in(damaged)
    assert found is None or found.text is not None
