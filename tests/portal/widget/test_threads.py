"""What the assistant says, in the words of the panel."""

from opieka.conversations import actions
from opieka.conversations.models import Conversation
from tests.portal.widget.conftest import Panel

QUOTE = {"text": "Liczy się dzień wysłania.", "title": "Zwrot", "url": "/pomoc/pl/zwrot/", "updated": "2026-11-12"}


def last_of(panel: Panel, text: str, **extra: object) -> dict[str, object]:
    panel.say("Halo")
    actions.say(Conversation.objects.get(channel="webchat"), text, extra=extra)
    said: dict[str, object] = panel.thread()["messages"][-1]
    return said


def test_an_answer_leads_with_its_first_sentence_and_shows_the_quotation(panel: Panel):
    said = last_of(
        panel, "Cały tekst dla poczty", says="answer", quote=QUOTE, lead="Masz 14 dni. Nie trzeba podawać przyczyny."
    )

    assert (said["lead"], said["text"]) == ("Masz 14 dni.", "Nie trzeba podawać przyczyny.")
    assert said["quote"] == QUOTE | {"text": "„Liczy się dzień wysłania.”"}


def test_a_quotation_inside_a_quotation_has_marks_of_its_own(panel: Panel):
    quote = QUOTE | {"text": "Wystarczy formularz „Odstąp od umowy” i e-mail."}

    said = last_of(panel, "Cały tekst", says="answer", quote=quote, lead="")

    assert said["quote"] == quote | {"text": "„Wystarczy formularz »Odstąp od umowy« i e-mail.”"}


def test_an_article_without_a_summary_is_introduced(panel: Panel):
    said = last_of(panel, "Cały tekst", says="answer", quote=QUOTE, lead="")

    assert (said["lead"], said["text"]) == ("Centrum pomocy mówi o tym tak:", "")


def test_an_offer_brings_its_choices_and_not_their_list(panel: Panel):
    choices = [{"id": "article:1", "label": "Zwrot", "hint": ""}]
    said = last_of(panel, "1. Zwrot", says="offer", choices=choices, lead="Nie ma pewności. Czy chodzi o…?")

    assert (said["lead"], said["text"], said["choices"]) == (None, "Nie ma pewności.", choices)


def test_other_words_of_the_assistant_are_whole(panel: Panel):
    said = last_of(panel, "Przekazuję człowiekowi.", says="hand over")

    assert (said["author"], said["text"], said["quote"], said["choices"]) == (
        "assistant",
        "Przekazuję człowiekowi.",
        None,
        None,
    )
