import pytest

from opieka.assistant.understanding.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gdzie jest moja paczka?", "pl"),
        ("gdzie moja przesylka", "pl"),
        ("zwrot", "pl"),
        ("ok", "pl"),
        ("", "pl"),
        ("48213", "pl"),
        ("Where is my parcel?", "en"),
        ("I want a refund", "en"),
        ("Wo ist meine Bestellung?", "de"),
        ("Ich möchte die Schuhe zurückgeben", "de"),
        ("Де моя посилка?", "uk"),
        ("Где мой заказ, прошу быстрый ответ", "ru"),
    ],
)
def test_the_language_is_told(text: str, language: str):
    assert language_of(text) == language
