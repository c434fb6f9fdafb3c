from hypothesis import given
from hypothesis import strategies as st

from opieka.knowledge.finding.passages import LONGEST, intro_of, passages_of, plain_text

ARTICLE = """Na zwrot masz **30 dni**, np. do 12. dnia miesiąca. Napisz do nas.

## Krok po kroku
1. Wypełnij [formularz](https://sklep.example/zwrot).
2. Zapakuj buty
   w karton.

| Kurier | Cena |
|---|---|
| DPD | 14,99 zł |

## Koszty
### Kto płaci
My. Zawsze.
"""


def test_a_passage_stays_under_one_heading():
    headings = [passage.heading for passage in passages_of(ARTICLE)]

    assert headings == ["", "Krok po kroku", "Koszty › Kto płaci"]


def test_every_piece_is_a_slice_of_the_article():
    for passage in passages_of(ARTICLE):
        assert ARTICLE[passage.start : passage.end] == passage.text
        for sentence in passage.sentences:
            assert ARTICLE[sentence.start : sentence.end] == sentence.text


def test_abbreviations_and_ordinal_numbers_do_not_end_a_sentence():
    first = passages_of(ARTICLE)[0]

    assert [sentence.text for sentence in first.sentences] == [
        "Na zwrot masz **30 dni**, np. do 12. dnia miesiąca.",
        "Napisz do nas.",
    ]


def test_list_items_and_table_rows_are_sentences_of_their_own():
    second = passages_of(ARTICLE)[1]

    assert [sentence.text for sentence in second.sentences] == [
        "1. Wypełnij [formularz](https://sklep.example/zwrot).",
        "2. Zapakuj buty\n   w karton.",
        "| Kurier | Cena |",
        "| DPD | 14,99 zł |",
    ]


def test_a_long_section_is_cut_between_sentences():
    body = " ".join(f"Zdanie numer {number} mówi o dostawie i o jej kosztach." for number in range(60))

    passages = passages_of(body)

    assert len(passages) > 3
    assert all(len(passage.text) <= LONGEST for passage in passages)
    assert [sentence for passage in passages for sentence in passage.sentences][-1].end == len(body)


def test_marks_are_left_out_of_plain_text():
    assert plain_text("- **Zwrot** w [14 dni](https://x.example) _od_ dostawy") == "Zwrot w 14 dni od dostawy"
    assert plain_text("snake_case_name zostaje") == "snake_case_name zostaje"


def test_an_announcement_is_known():
    assert intro_of(passages_of("Potrzebne są:\n- dowód\n- paragon")[0].sentences[0])


def test_an_article_without_text_has_no_passages():
    assert passages_of("\n\n# Tylko nagłówek\n") == []


@given(st.text(alphabet="aB .!?:\n#-*|1żŁ[]()", max_size=400))
def test_whatever_is_written_pieces_stay_verbatim_and_in_order(body: str):
    places = [0]
    for passage in passages_of(body):
        assert body[passage.start : passage.end] == passage.text
        for sentence in passage.sentences:
            assert body[sentence.start : sentence.end] == sentence.text != ""
            places += [sentence.start, sentence.end]

    assert places == sorted(places)


def test_hostile_length_takes_no_time():
    for body in ("[" * 100_000, "np. " * 25_000, "**" * 50_000, "a.b." * 20_000, "| " * 50_000):
        assert len(plain_text(body)) <= len(body)
        passages_of(body)
