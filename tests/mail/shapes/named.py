"""The many ways in which programs write a file's name."""

from tests.mail.shapes.building import PDF, PNG, file, multi, part, shape, text

HERE = text("Plik w załączniku")


def _named(*headers: str, kind: str = "application/pdf"):
    return multi("mixed", HERE, part(kind, PDF, *headers))


@shape(
    _named("Content-Disposition: attachment; filename*=UTF-8''Zam%C3%B3wienie%20nr%207.pdf"),
    says="Plik w",
    files=(("Zamówienie nr 7.pdf", "application/pdf", PDF),),
)
def name_rfc2231() -> None: ...


@shape(
    _named(
        "Content-Disposition: attachment;\r\n filename*0*=windows-1250''%AF%F3%B3w;\r\n filename*1*=%20i%20;\r\n filename*2=\"kos.pdf\""
    ),
    says="Plik w",
    files=(("Żółw i kos.pdf", "application/pdf", PDF),),
)
def name_rfc2231_in_pieces_with_a_charset() -> None: ...


@shape(
    _named('Content-Disposition: attachment;\r\n filename*0="bardzo dluga nazwa ";\r\n filename*1="pliku.pdf"'),
    says="Plik w",
    files=(("bardzo dluga nazwa pliku.pdf", "application/pdf", PDF),),
)
def name_rfc2231_in_pieces() -> None: ...


@shape(
    _named("Content-Disposition: attachment", kind="application/pdf;\r\n name*=iso-8859-2'pl'%A6ruba.pdf"),
    says="Plik w",
    files=(("Śruba.pdf", "application/pdf", PDF),),
)
def name_rfc2231_only_in_the_type() -> None: ...


@shape(
    _named('Content-Disposition: attachment; filename="=?UTF-8?B?WmHFvMOzxYLEhy5wZGY=?="'),
    says="Plik w",
    files=(("Zażółć.pdf", "application/pdf", PDF),),
)
def name_rfc2047_in_quotes() -> None: ...


@shape(
    _named(
        'Content-Disposition: attachment; filename="=?iso-8859-2?Q?Umowa_sprzeda=BF?=\r\n =?iso-8859-2?Q?y_=B6ruby.pdf?="'
    ),
    says="Plik w",
    files=(("Umowa sprzedaży śruby.pdf", "application/pdf", PDF),),
)
def name_rfc2047_in_two_words() -> None: ...


@shape(
    _named('Content-Disposition: attachment; filename="Gwarancja na żarówkę.pdf"'),
    says="Plik w",
    files=(("Gwarancja na żarówkę.pdf", "application/pdf", PDF),),
)
def name_in_bare_utf_8() -> None: ...


@shape(
    _named(
        'Content-Disposition: attachment; filename="'
        + "Żarówka.pdf".encode("cp1250").decode("utf-8", "surrogateescape")
        + '"'
    ),
    says="Plik w",
    files=(("Żarówka.pdf", "application/pdf", PDF),),
)
def name_in_bare_windows_1250() -> None: ...


@shape(
    _named("Content-Disposition: attachment; filename=faktura.pdf"),
    says="Plik w",
    files=(("faktura.pdf", "application/pdf", PDF),),
)
def name_without_quotes() -> None: ...


@shape(
    multi(
        "mixed",
        HERE,
        part("application/pdf", PDF),
        part("image/png", PNG),
        part("application/x-nieznane", b"\x00\x01abc"),
    ),
    says="Plik w",
    files=(
        ("plik-1.pdf", "application/pdf", PDF),
        ("plik-2.png", "image/png", PNG),
        ("plik-3.bin", "application/octet-stream", b"\x00\x01abc"),
    ),
)
def no_names() -> None: ...


@shape(
    multi("mixed", HERE, file("application/pdf", PDF, "skan.pdf"), file("application/pdf", PDF + b"%2", "skan.pdf")),
    says="Plik w",
    files=(("skan.pdf", "application/pdf", PDF), ("skan.pdf", "application/pdf", PDF + b"%2")),
)
def one_name_twice() -> None: ...


@shape(
    multi("mixed", HERE, file("application/pdf", PDF, "C:\\\\Skany\\\\faktura.pdf")),
    says="Plik w",
    files=(("C_Skany_faktura.pdf", "application/pdf", PDF),),
)
def name_with_its_folder() -> None: ...
