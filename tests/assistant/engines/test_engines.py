import dataclasses

import pytest

from opieka.assistant.engines.base import Answer, Engine, HandOver, Offer, Reason, Thresholds, Verdict
from opieka.assistant.engines.quoting import Quoting
from opieka.knowledge.finding.found import Found
from opieka.knowledge.finding.passages import passages_of
from opieka.plumbing.extensions import find

BODY = "Na zwrot masz 30 dni od dostawy. Odesłanie kosztuje 9,99 zł."
LIMITS = Thresholds(answer=0.7, offer=0.1)
ENGINES = find("opieka.assistant.engines", Engine)


def found(*chances: float) -> list[Found]:
    passage = passages_of(BODY)[0]
    return [
        Found(f"a{number}", f"Artykuł {number}", passage, score=3.0 - number, p_right=chance, meaning=0.9, letters=0.5)
        for number, chance in enumerate(chances)
    ]


def decide(*chances: float, stop: Reason | None = None) -> Verdict:
    return Quoting().decide("ile dni na zwrot", found(*chances), thresholds=LIMITS, stop=stop)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]()


def test_a_reason_to_stop_always_calls_a_person(engine: Engine):
    verdict = engine.decide("zwrot", found(0.99), thresholds=LIMITS, stop=Reason.ANGRY)

    assert (verdict.decision, verdict.reason) == (HandOver(), Reason.ANGRY)


def test_nothing_found_is_admitted(engine: Engine):
    verdict = engine.decide("zwrot", [], thresholds=LIMITS, stop=None)

    assert (verdict.decision, verdict.reason) == (HandOver(), Reason.NOTHING_FOUND)


def test_an_answer_is_words_of_the_article(engine: Engine):
    verdict = engine.decide("zwrot", found(0.99), thresholds=LIMITS, stop=None)

    assert isinstance(verdict.decision, Answer)
    quotation = verdict.decision.quotation
    assert BODY[quotation.start : quotation.end] == quotation.text


def test_a_verdict_names_its_engine_and_keeps_its_scores(engine: Engine):
    verdict = engine.decide("zwrot", found(0.99, 0.2), thresholds=LIMITS, stop=None)

    assert verdict.engine in ENGINES
    assert [article for article, _, _ in verdict.scores] == ["a0", "a1"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.reason = Reason.UNSURE  # type: ignore[misc]


def test_a_likely_article_is_quoted():
    verdict = decide(0.7, 0.2)

    assert isinstance(verdict.decision, Answer)
    assert (verdict.decision.article_id, verdict.reason) == ("a0", Reason.CERTAIN)


def test_an_unsure_engine_offers_at_most_three_choices():
    assert decide(0.69, 0.3, 0.2, 0.15).decision == Offer(
        (("a0", "Artykuł 0"), ("a1", "Artykuł 1"), ("a2", "Artykuł 2"))
    )


def test_unlikely_articles_are_not_offered():
    assert decide(0.3, 0.05).decision == Offer((("a0", "Artykuł 0"),))


def test_when_none_is_likely_it_does_not_know():
    assert decide(0.09, 0.05).reason is Reason.NOTHING_FOUND
