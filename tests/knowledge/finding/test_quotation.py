from opieka.knowledge.finding.passages import passages_of
from opieka.knowledge.finding.quotation import best_quotation

FILLER = "Nasz sklep działa od wielu lat i lubi swoich klientów oraz ich psy. "
LONG = (
    FILLER * 3 + "Zwrot przyjmujemy przez 30 dni od dostawy. Pieniądze oddajemy w ciągu 5 dni roboczych. " + FILLER * 3
)


def quoted(question: str, body: str, longest: int = 200) -> str:
    quotation = best_quotation(question, passages_of(body)[0], longest=longest)
    assert body[quotation.start : quotation.end] == quotation.text
    return quotation.text


def test_a_short_passage_is_quoted_whole():
    assert quoted("cokolwiek", "Zwrot trwa 30 dni. Zapraszamy.") == "Zwrot trwa 30 dni. Zapraszamy."


def test_the_sentence_about_the_question_is_chosen():
    assert "5 dni roboczych" in quoted("kiedy oddacie pieniądze", LONG)
    assert "psy" not in quoted("ile dni mam na zwrot", LONG, longest=100)


def test_a_list_comes_with_its_announcement():
    body = FILLER * 4 + "\n\nDo zwrotu potrzebne są:\n- paragon lub faktura\n- wypełniony formularz\n\n" + FILLER

    text = quoted("czy do zwrotu potrzebny jest paragon", body)

    assert text.startswith("Do zwrotu potrzebne są:")
    assert "paragon" in text


def test_a_sentence_that_leans_on_the_one_before_brings_it():
    body = FILLER * 4 + "Czy wysyłamy za granicę? Tak, do Czech i na Słowację za 39 zł. " + FILLER * 2

    assert quoted("ile kosztuje wysyłka do Czech", body, longest=120).startswith("Czy wysyłamy za granicę? Tak,")


def test_a_quotation_is_no_longer_than_allowed():
    assert len(quoted("sklep klientów psy", LONG, longest=150)) <= 150
