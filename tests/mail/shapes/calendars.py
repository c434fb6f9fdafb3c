"""Invitations, in the places where calendar programs put them."""

from tests.mail.shapes.building import enclosed, html, multi, part, shape, text


def calendar(method: str, *lines: str, uid: str = "spotkanie-1@lampa.example") -> str:
    said = [
        "BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", f"METHOD:{method}",
        "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261116T080000Z", *lines, "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\n".join(said) + "\n"


VISIT = (
    "DTSTART:20261203T090000Z", "DTEND:20261203T100000Z", "SUMMARY:Odbiór reklamowanej lampy",
    "LOCATION:ul. Świetlna 4\\, Łódź", "ORGANIZER;CN=Anna Kowalska:mailto:anna@poczta.example",
    "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:pomoc@lampa.example",
)  # fmt: skip
ASKED = calendar("REQUEST", *VISIT)
ASKED_BYTES = ASKED.replace("\n", "\r\n").encode()


@shape(
    multi(
        "mixed",
        multi("alternative", text("Zaproszenie"), html("<p>Zaproszenie</p>"), part('text/calendar; charset="UTF-8"; method=REQUEST', ASKED)),
        part('application/ics; name="invite.ics"', ASKED_BYTES, 'Content-Disposition: attachment; filename="invite.ics"'),
    ),
    says="Zaproszenie",
    files=(("zaproszenie.ics", "text/calendar", ASKED_BYTES),),
)  # fmt: skip
def calendar_of_google() -> None: ...


MEETING = calendar("REQUEST", *VISIT, uid="040000008200E00074C5B7101A82E008")


@shape(
    multi("alternative", text("Spotkanie w Teams"), html("<p>Spotkanie w Teams</p>"), part('text/calendar; charset="utf-8"; method=REQUEST', MEETING, encoding="base64")),
    says="Spotkanie w Teams",
    files=(("zaproszenie.ics", "text/calendar", MEETING.replace("\n", "\r\n").encode()),),
)  # fmt: skip
def calendar_of_outlook() -> None: ...


OFF = calendar("CANCEL", *VISIT, "STATUS:CANCELLED")


@shape(
    multi("mixed", text("Odwołuję"), part("text/calendar; method=CANCEL; charset=utf-8", OFF)),
    says="Odwołuję",
    files=(("zaproszenie.ics", "text/calendar", OFF.replace("\n", "\r\n").encode()),),
)
def calendar_in_line() -> None: ...


YES = calendar("REPLY", *VISIT[:-1], "ATTENDEE;CN=Jan Nowak;PARTSTAT=ACCEPTED:mailto:jan@firma.example")


@shape(
    part('text/calendar; charset=utf-8; method=REPLY; name="odpowiedz.ics"', YES),
    files=(("odpowiedz.ics", "text/calendar", YES.replace("\n", "\r\n").encode()),),
)
def calendar_is_the_whole_mail() -> None: ...


DAMAGED = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:kiedys\r\nEND:VCALENDAR\r\n"


@shape(
    multi("mixed", text("Zepsuty kalendarz"), enclosed(DAMAGED, 'Content-Disposition: attachment; filename="x.ics"', kind="text/calendar")),
    says="Zepsuty kalendarz",
    files=(("x.ics", "text/calendar", DAMAGED),),
)  # fmt: skip
def calendar_that_is_damaged() -> None: ...
