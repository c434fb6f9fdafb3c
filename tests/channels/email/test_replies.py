"""The newly written part of a mail, for every mail program of which there is an example."""

import time
from pathlib import Path

import pytest

from opieka.channels.email.attributions import introduces
from opieka.channels.email.keys import Seal
from opieka.channels.email.parse import parse
from opieka.channels.email.replies import new_text

FOLDER = Path(__file__).resolve().parents[2] / "mail" / "replies"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.eml"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_the_new_text_is_left(name: str):
    seal = Seal(secret="tajne", address="pomoc@lampa.example")

    found = parse((FOLDER / f"{name}.eml").read_bytes(), {}, seal=seal)[0]

    assert found.text.split() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()
    assert set(found.text.split()) <= set(found.full_text.split())


@pytest.mark.parametrize(
    "line",
    [
        "pt., 13 lis 2026 o 09:12 Sklep Lampa <pomoc@lampa.pl> napisał(a):",
        "W dniu 13.11.2026 o 09:12, Obsługa Klienta Lampa pisze:",
        "W dniu 13.11.2026, pią o godzinie 09∶12 +0100, użytkownik Lampa napisał:",
        "Wiadomość napisana przez Sklep Lampa w dniu 13.11.2026, o godz. 09:12:",
        "Dnia 13 listopada 2026 09:12:05 CET, Sklep <pomoc@lampa.pl> napisał/a:",
        "Lampa <x@y.pl> napisał(a) w dniu 13.11.2026 09:12:",
        "On Friday, November 13th, 2026 at 9:12, Lampa wrote:",
        "Am Fr., 13. Nov. 2026 um 09:12 Uhr schrieb Lampa <x@y.pl>:",
        "On 16.11.2026 at 09:12 Anna Kowalska wrote:",
        "W dniu 16.11.2026 o 09:12 Anna Kowalska pisze:",
        "W dniu 13 lis 2026, o godz. 09:12, Sklep internetowy Lampa - dział reklamacji <x@lampa.pl> napisał(a):",
        "Dnia niedziela 10 kwiecień 2026 o 18:00:14 Obsługa Klienta napisał(a):",
        "----- 13 lis 2026 o 09:12, Lampa x@lampa.pl napisał(a):",
    ],
)
def test_introductions_are_known_even_without_marked_lines_below(line: str):
    assert introduces(line, quoted_next=False)


@pytest.mark.parametrize(
    "line",
    [
        "W dniu 3 listopada zamówiłem buty. Kurier napisał:",
        "W dniu 3 listopada zamówiłam buty i kurier napisał:",
        "W dniu 13.11.2026 o 10:00 kupiłem buty, sprzedawca mi napisał:",
        "Producent na stronie pisze:",
        "Kurier napisał:",
        "Dane do faktury:",
        "Mój adres: jan@x.pl, telefon:",
        "Zamówienie z 13.11.2026 (jan@x.pl), godz. 10:15, proszę o zmianę adresu na podany w tabeli poniżej:",
    ],
)
def test_sentences_that_look_like_introductions_stay(line: str):
    assert not introduces(line, quoted_next=False)
    assert new_text(f"Dzień dobry,\n{line}\ndalszy ciąg") == f"Dzień dobry,\n{line}\ndalszy ciąg"


def test_nothing_is_ever_lost_altogether():
    assert new_text("> tylko\n> cytat") == "> tylko\n> cytat"
    assert new_text("--\nsam podpis") == "--\nsam podpis"
    assert new_text("") == ""


def test_a_signature_goes_and_a_long_text_after_two_dashes_stays():
    long = "\n".join(f"wiersz {number}" for number in range(30))

    assert new_text("Proszę o fakturę.\n\n-- \nAnna\ntel. 600 100 200") == "Proszę o fakturę."
    assert new_text(f"Lista:\n--\n{long}") == f"Lista:\n--\n{long}"


def test_the_way_a_thing_was_sent_is_no_footer():
    assert new_text("Buty odesłałam.\nWysłane z Krakowa w piątek") == "Buty odesłałam.\nWysłane z Krakowa w piątek"
    assert new_text("Buty odesłałam.\n\nWysłane z iPhone'a") == "Buty odesłałam."


@pytest.mark.parametrize(
    "pasted",
    [
        "Kurier napisał mi SMS-a:\n> Paczka nie zmieściła się do automatu.\nCo mam zrobić?",
        "W paczce brakuje:\n> żarówki,\n> klosza.\nProszę o dosłanie.",
        "Bank przysłał:\n\nOd: Bank <b@bank.pl>\nData: 17.11.2026 12:00\nTemat: Przelew\n\n148 zł\n\nCzekam.",
        "Ile kosztuje transport?\nOd: Kraków\nDo: Warszawa\nTemat: lampa\nProszę o odpowiedź.",
    ],
)
def test_what_the_customer_pasted_or_drew_stays(pasted: str):
    quoted = "W dniu 16.11.2026 o 09:12, Lampa pisze:\n> Dzień dobry"

    assert new_text(f"{pasted}\n\n{quoted}") == pasted
    assert new_text(pasted, answers=False) == pasted


def test_a_mail_of_ours_is_cut_whatever_leads_to_it():
    header = "Od: Lampa <pomoc@lampa.pl>\nWysłano: 17.11.2026 12:00\nDo: Anna\nTemat: Re: Klosz\n\nDzień dobry"

    assert new_text(f"Przesyłam zdjęcia:\n\n{header}", ours={"pomoc@lampa.pl"}) == "Przesyłam zdjęcia:"


def test_a_mail_that_answers_nothing_keeps_its_arrows():
    mail = "From: a@poczta.pl\nTo: pomoc@lampa.pl\nSubject: Waga\nMessage-ID: <1@poczta.pl>\n{}\nWaży 3 kg?\n> 20 kg chyba\n"
    seal = Seal(secret="tajne", address="pomoc@lampa.pl")

    asked, answered = (
        parse(mail.format(header).encode(), {}, seal=seal)[0].text for header in ("", "In-Reply-To: <2@lampa.pl>\n")
    )

    assert asked == "Waży 3 kg?\n> 20 kg chyba"
    assert answered == "Waży 3 kg?"


NOTICE = (
    "Niniejsza wiadomość zawiera informacje poufne i jest przeznaczona wyłącznie dla adresata. "
    "Jeżeli nie są Państwo adresatem, prosimy o jej usunięcie."
)


def test_legal_notices_and_pleas_for_trees_go():
    trees = "P Zanim wydrukujesz tę wiadomość, pomyśl o środowisku."

    assert new_text(f"Proszę o ofertę.\n\nIrena\n{NOTICE}\n\n{trees}") == "Proszę o ofertę.\n\nIrena"
    assert new_text(NOTICE) == NOTICE


@pytest.mark.parametrize(
    "own",
    [
        "Niniejsza wiadomość jest oświadczeniem o odstąpieniu od umowy, proszę o potwierdzenie, że adresat ją otrzymał.",
        "Zgodnie z art. 17 RODO żądam usunięcia moich danych osobowych, których administratorem są Państwo.",
        "Administratorem danych osobowych jest Państwa sklep, a na mój wniosek nikt nie odpowiada. Szczegóły w załączniku.",
        "Uwaga, adresat na etykiecie to ktoś inny, proszę o usunięcie starego adresu i wysłanie wszystkiego na nowy.",
        "Wysłano z aplikacji InPost Mobile, kod nadania 650012345",
        "Wysłane z poczty na Młyńskiej w środę.",
    ],
)
def test_customers_words_that_resemble_a_footer_stay(own: str):
    assert new_text(f"Dzień dobry.\n\n{own}") == f"Dzień dobry.\n\n{own}"


@pytest.mark.parametrize(
    "hostile",
    [
        "\n" * 100_000,
        ("-" * 190 + "x\n") * 500,
        "x:\n> y\n" * 15_000,
        "Od: x\n\n" * 15_000,
        "--\n" * 30_000,
        "a\n" + "Niniejsza wiadomość poufna\n" * 4_000,
        ("W dniu 18.11.2026 o 14:03, x:\n") * 3_000,
    ],
    ids=["empty", "dashes", "marks", "fields", "signatures", "notices", "introductions"],
)
def test_a_hostile_text_is_read_fast(hostile: str):
    started = time.process_time()

    new_text(hostile)

    assert time.process_time() - started < 5
