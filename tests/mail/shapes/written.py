"""Whole letters of the usual programs, shops, scanners and mail servers."""

from tests.mail.shapes.building import (
    DOCX,
    GIF,
    JPEG,
    PDF,
    PNG,
    SIGNED,
    enclosed,
    file,
    html,
    letter,
    multi,
    part,
    picture,
    shape,
    text,
)  # fmt: skip

WORD = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0cm}</style></head><body lang=PL><div class=WordSection1><p class=MsoNormal>%s<o:p></o:p></p></div></body></html>'
ASKED = "Gdzie jest moja paczka?"


# --- Outlook and Exchange ----------------------------------------------------
@shape(
    multi("alternative", text(ASKED, charset="windows-1250", encoding="quoted-printable"), html(WORD % ASKED)),
    says=ASKED,
)
def outlook_text_and_html() -> None: ...


@shape(
    multi(
        'related; type="multipart/alternative"',
        multi("alternative", text("Pozdrawiam\n[cid:image001.png@01DB3A5C]"), html(WORD % 'Pozdrawiam<img src="cid:image001.png@01DB3A5C.7F2E">')),
        picture(PNG, "image001.png", "image001.png@01DB3A5C.7F2E"),
    ),
    says="Pozdrawiam",
    files=(("image001.png", "image/png", PNG),),
)  # fmt: skip
def outlook_picture_in_signature() -> None: ...


@shape(
    multi(
        "mixed",
        multi("related", multi("alternative", text("W załączniku umowa"), html(WORD % 'W załączniku umowa<img src="cid:image001.jpg@01DB">')), picture(JPEG, "image001.jpg", "image001.jpg@01DB", kind="image/jpeg")),
        file("application/vnd.openxmlformats-officedocument.wordprocessingml.document", DOCX, "Umowa.docx"),
        file("application/pdf", PDF, "Umowa.pdf"),
    ),
    says="W załączniku umowa",
    files=(
        ("image001.jpg", "image/jpeg", JPEG),
        ("Umowa.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", DOCX),
        ("Umowa.pdf", "application/pdf", PDF),
    ),
)  # fmt: skip
def outlook_mixed_over_related() -> None: ...


@shape(html(WORD % "Tylko HTML, ąę", charset="iso-8859-2"), says="Tylko HTML, ąę")
def outlook_html_alone() -> None: ...


@shape(
    multi('signed; protocol="application/pkcs7-signature"; micalg=sha-256', multi("alternative", text("Podpisano"), html("<p>Podpisano</p>")), file("application/pkcs7-signature", SIGNED, "smime.p7s")),
    says="Podpisano",
    files=(("smime.p7s", "application/octet-stream", SIGNED),),
)  # fmt: skip
def exchange_smime_signed() -> None: ...


@shape(
    file("application/pkcs7-mime; smime-type=signed-data", SIGNED, "smime.p7m"),
    files=(("smime.p7m", "application/octet-stream", SIGNED),),
)
def exchange_smime_opaque() -> None: ...


# --- Gmail -------------------------------------------------------------------
@shape(
    multi("alternative", text(ASKED), html(f'<div dir="ltr">{ASKED}</div>'), boundary="000000000000a1b2c30627f4d5e6"),
    says=ASKED,
)
def gmail() -> None: ...


@shape(
    multi(
        "mixed",
        multi("related", multi("alternative", text("Zdjęcie:\n[image: IMG_2041.jpg]"), html('<div>Zdjęcie:<img src="cid:ii_m3k9x1" alt="IMG_2041.jpg" width="472"></div>')), picture(JPEG, "IMG_2041.jpg", "ii_m3k9x1", kind="image/jpeg")),
        file("application/pdf", PDF, "Faktura 12_2026.pdf", "X-Attachment-Id: f_m3k9x2", "Content-ID: <f_m3k9x2>"),
    ),
    says="Zdjęcie:",
    files=(("IMG_2041.jpg", "image/jpeg", JPEG), ("Faktura 12_2026.pdf", "application/pdf", PDF)),
)  # fmt: skip
def gmail_picture_and_file() -> None: ...


FORWARDED = letter(
    multi("mixed", text("Proszę o fakturę"), file("application/pdf", PDF, "dowod.pdf")), subject="Faktura"
)


@shape(
    multi("mixed", text("Przesyłam"), enclosed(FORWARDED, 'Content-Disposition: attachment; filename="Faktura.eml"')),
    says="Przesyłam",
    files=(("Faktura.eml", "message/rfc822", FORWARDED),),
)
def gmail_forward_as_attachment() -> None: ...


# --- Apple Mail --------------------------------------------------------------
@shape(
    multi("mixed", text("Przed plikiem"), file("application/pdf", PDF, "Zamówienie.pdf", disposition="inline"), text("Po pliku\n\nWysłane z iPhone’a")),
    says=("Przed plikiem", "Po pliku"),
    files=(("Zamówienie.pdf", "application/pdf", PDF),),
)  # fmt: skip
def apple_text_pdf_text() -> None: ...


@shape(
    multi(
        "alternative",
        text("Pierwsze\n\nDrugie"),
        multi("mixed", html("<html><body>Pierwsze</body></html>"), file("image/png", PNG, "Zrzut ekranu.png", disposition="inline"), html("<html><body>Drugie</body></html>")),
    ),
    says=("Pierwsze", "Drugie"),
    files=(("Zrzut ekranu.png", "image/png", PNG),),
)  # fmt: skip
def apple_mixed_inside_alternative() -> None: ...


RESOURCES = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X" + bytes(60)


@shape(
    multi("mixed", text("Plik z Maca"), multi("appledouble", file("application/applefile", RESOURCES, "Umowa.pdf"), file("application/pdf", PDF, "Umowa.pdf", disposition="inline"))),
    says="Plik z Maca",
    files=(("Umowa.pdf", "application/octet-stream", RESOURCES), ("Umowa.pdf", "application/pdf", PDF)),
)  # fmt: skip
def apple_double() -> None: ...


HEIC = b"\x00\x00\x00\x24ftypheic" + bytes(range(200))


@shape(
    multi("mixed", text(""), file("image/heic", HEIC, "IMG_0007.HEIC", disposition="inline")),
    files=(("IMG_0007.HEIC", "image/heic", HEIC),),
)
def iphone_picture_without_a_word() -> None: ...


# --- Thunderbird -------------------------------------------------------------
@shape(
    part("text/plain; charset=UTF-8; format=flowed; delsp=yes", "Dzień dobry, czekam na  \npaczkę.\n-- \nAnna"),
    says="czekam na paczkę",
)
def thunderbird_flowed() -> None: ...


@shape(
    multi("alternative", text("Logo"), multi("related", html('<p>Logo <img moz-do-not-send="false" src="cid:part1.AbCd.EfGh@lampa.example"></p>'), picture(PNG, "logo.png", "part1.AbCd.EfGh@lampa.example"))),
    says="Logo",
    files=(("logo.png", "image/png", PNG),),
)  # fmt: skip
def thunderbird_related_inside_alternative() -> None: ...


@shape(
    multi("mixed", text(""), enclosed(FORWARDED, 'Content-Disposition: attachment; filename="Faktura.eml"', kind='message/rfc822; charset=UTF-8; name="Faktura.eml"')),
    files=(("Faktura.eml", "message/rfc822", FORWARDED),),
)  # fmt: skip
def thunderbird_forward_without_a_word() -> None: ...


ARMOURED = b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQIzBAEBCgAdFiEE\r\n=abcd\r\n-----END PGP SIGNATURE-----\r\n"


@shape(
    multi('signed; micalg=pgp-sha512; protocol="application/pgp-signature"', multi("mixed; protected-headers=v1", text("Podpisane kluczem")), part('application/pgp-signature; name="OpenPGP_signature.asc"', ARMOURED, 'Content-Disposition: attachment; filename="OpenPGP_signature.asc"', encoding="7bit")),
    says="Podpisane kluczem",
    files=(("OpenPGP_signature.asc", "application/octet-stream", ARMOURED),),
)  # fmt: skip
def pgp_mime_signed() -> None: ...


SECRET = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQIMA0\r\n-----END PGP MESSAGE-----\r\n"


@shape(
    multi('encrypted; protocol="application/pgp-encrypted"', part("application/pgp-encrypted", b"Version: 1\r\n", encoding="7bit"), part('application/octet-stream; name="encrypted.asc"', SECRET, encoding="7bit")),
    files=(("plik-1.asc", "application/octet-stream", b"Version: 1\r\n"), ("encrypted.asc", "application/octet-stream", SECRET)),
)  # fmt: skip
def pgp_mime_encrypted() -> None: ...


# --- shops, carriers, scanners, lists ----------------------------------------
SHOP = '<table><tr><td><img src="https://a.allegroimg.example/logo.png" width="120" alt="Allegro"></td></tr><tr><td>Kupujący zadał pytanie: czy lampa jest na gwarancji?</td></tr></table><img src="https://click.allegro.example/o/abc.gif" width="1" height="1">'


@shape(html(SHOP, encoding="base64"), says="czy lampa jest na gwarancji?")
def allegro_question() -> None: ...


@shape(
    multi("alternative", text("Nowe zamówienie 1234567", encoding="base64"), html("<h1>Nowe zamówienie 1234567</h1>", encoding="base64")),
    says="Nowe zamówienie 1234567",
)  # fmt: skip
def baselinker_order() -> None: ...


@shape(
    multi("mixed", html('<p>Paczka 6800 czeka w Paczkomacie. <img src="cid:qr"></p>'), picture(PNG, "qr.png", "qr"), file("application/pdf", PDF, "etykieta.pdf")),
    says="czeka w Paczkomacie",
    files=(("qr.png", "image/png", PNG), ("etykieta.pdf", "application/pdf", PDF)),
)  # fmt: skip
def inpost_parcel_with_code() -> None: ...


@shape(
    multi("mixed", file("application/pdf", PDF, "SKMBT_C22026111609120.pdf"), before="This is a multi-part message in MIME format.\r\n"),
    files=(("SKMBT_C22026111609120.pdf", "application/pdf", PDF),),
)  # fmt: skip
def scanner_pdf_alone() -> None: ...


@shape(
    file("application/octet-stream", PDF, "SCAN0001.PDF"),
    files=(("SCAN0001.PDF", "application/pdf", PDF),),
)
def scanner_pdf_is_the_whole_mail() -> None: ...


@shape(
    multi("mixed", text("Lista mówi"), part('text/plain; charset="us-ascii"', "-- \nlista@lampa.example", "Content-Disposition: inline", encoding="7bit")),
    says=("Lista mówi",),
)  # fmt: skip
def mailing_list_footer() -> None: ...


VOICE = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(100))


@shape(
    multi("voice-message; version=2.0", text("Wiadomość głosowa, 0:12"), file("audio/wav", VOICE, "msg0001.WAV")),
    says="Wiadomość głosowa",
    files=(("msg0001.WAV", "application/octet-stream", VOICE),),
)
def switchboard_voice_message() -> None: ...


# --- reports -----------------------------------------------------------------
STATUS = b"Reporting-MTA: dns; mx.poczta.example\r\n\r\nFinal-Recipient: rfc822; anna@poczta.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
HEADERS = b"From: pomoc@lampa.example\r\nSubject: Paczka\r\n"


@shape(
    multi("report; report-type=delivery-status", text("Nie doręczono"), part("message/delivery-status", STATUS, encoding="7bit"), part("text/rfc822-headers", HEADERS, encoding="7bit")),
    says="Nie doręczono",
    files=(("plik-1.txt", "application/octet-stream", STATUS), ("plik-2.txt", "application/octet-stream", HEADERS)),
)  # fmt: skip
def delivery_report_that_names_no_mail() -> None: ...


@shape(
    multi("report; report-type=delivery-status", text("Nie doręczono"), part("message/delivery-status", STATUS, encoding="7bit"), enclosed(b"Message-ID: <cudze@inny.example>\r\n" + FORWARDED)),
    unclear=True,
)  # fmt: skip
def delivery_report_about_a_strangers_mail() -> None: ...


COMPLAINT = b"Feedback-Type: abuse\r\nUser-Agent: WP/1.0\r\nVersion: 1\r\n"


@shape(
    multi("report; report-type=feedback-report", text("Zgłoszenie spamu"), part("message/feedback-report", COMPLAINT, encoding="7bit"), enclosed(FORWARDED)),
    says="Zgłoszenie spamu",
    files=(("plik-1.txt", "application/octet-stream", COMPLAINT), ("Faktura.eml", "message/rfc822", FORWARDED)),
)  # fmt: skip
def abuse_report() -> None: ...


READ = b"Final-Recipient: rfc822;anna@poczta.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"


@shape(
    multi("report; report-type=disposition-notification", text("Przeczytano"), part("message/disposition-notification", READ, encoding="7bit")),
    says="Przeczytano",
    files=(("plik-1.txt", "application/octet-stream", READ),),
)  # fmt: skip
def read_receipt() -> None: ...


# --- mails in mails ----------------------------------------------------------
DEEP = letter(multi("mixed", text("Na dnie"), file("image/png", PNG, "dno.png")), subject="Drugi poziom")
MIDDLE = letter(
    multi("mixed", text("Pośrodku"), enclosed(DEEP, "Content-Disposition: attachment")), subject="Pierwszy poziom"
)


@shape(
    multi("mixed", text("Na wierzchu"), enclosed(MIDDLE, "Content-Disposition: inline")),
    says="Na wierzchu",
    files=(("Pierwszy poziom.eml", "message/rfc822", MIDDLE),),
)
def two_mails_deep() -> None: ...


@shape(
    multi("mixed", text("Zakodowany"), enclosed(FORWARDED, encoding="base64"), file("application/octet-stream", FORWARDED, "zapisany.eml")),
    says="Zakodowany",
    files=(("Faktura.eml", "message/rfc822", FORWARDED), ("zapisany.eml", "message/rfc822", FORWARDED)),
)  # fmt: skip
def enclosed_mail_in_base64() -> None: ...


BARE = b"From:   Jan <jan@firma.example>\r\nSubject:\tOdstepy w naglowkach\r\nX-Long: a\r\n\t b\r\n\r\nFrom wiersz na poczatku\r\n>From cytat\r\n"


@shape(
    multi("mixed", text("Bajt w bajt"), enclosed(BARE)),
    says="Bajt w bajt",
    files=(("Odstepy w naglowkach.eml", "message/rfc822", BARE),),
)
def enclosed_mail_that_no_program_would_write_again() -> None: ...


HALF = b"From: anna@poczta.example\r\nSubject: Duzy plik\r\n\r\n" + b"QUFB\r\n" * 40


@shape(
    part('message/partial; id="abc@poczta.example"; number=1; total=2', HALF, encoding="7bit"),
    files=(("plik-1.bin", "application/octet-stream", HALF),),
)
def half_a_mail() -> None: ...


# --- pictures ----------------------------------------------------------------
@shape(
    multi("mixed", text("Zdjęcia"), file("application/octet-stream", JPEG, "DSC_0001.JPG"), file("application/octet-stream", PNG, "zrzut")),
    says="Zdjęcia",
    files=(("DSC_0001.JPG", "image/jpeg", JPEG), ("zrzut", "image/png", PNG)),
)  # fmt: skip
def pictures_sent_as_mere_bytes() -> None: ...


@shape(
    multi("related", html("<p>Bez odwołania</p>"), picture(PNG, "ukryty.png", "nikt@nie.pyta")),
    says="Bez odwołania",
    files=(("ukryty.png", "image/png", PNG),),
)
def picture_that_the_text_does_not_name() -> None: ...


@shape(
    multi("related", html('<p>Ze strony<img src="https://sklep.example/a.gif"></p>'), part("image/gif", GIF, "Content-Location: https://sklep.example/a.gif")),
    says="Ze strony",
    files=(("plik-1.gif", "image/gif", GIF),),
)  # fmt: skip
def picture_by_its_address() -> None: ...
