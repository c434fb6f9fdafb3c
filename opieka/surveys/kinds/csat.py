"""CSAT: how was this conversation, from 1 to 5. The figure is the mean score with its number of answers."""

from django.utils.translation import gettext_lazy as _

from opieka.surveys.kinds.base import SurveyKind


class Csat(SurveyKind):
    """Customer satisfaction with one conversation."""

    title = _("Conversation rating (CSAT)")
    question = _("How was this conversation?")
    lowest, highest = 1, 5
    labels = {1: _("very bad"), 2: _("bad"), 3: _("so-so"), 4: _("good"), 5: _("very good")}
    unhappy_up_to = 2
    happy_from = 4
    reasons_when_low = {
        "slow": _("Long wait"),
        "unsolved": _("The matter is not solved"),
        "unclear": _("The answer was unclear"),
        "tone": _("The tone"),
        "machine": _("I wanted to talk to a person"),
        "repeat": _("I had to repeat myself"),
    }
    reasons_when_high = {
        "fast": _("Quick answer"),
        "solved": _("The matter is solved"),
        "clear": _("A clear answer"),
        "kind": _("Kindness"),
        "knowledge": _("They knew the subject"),
        "easy": _("It was easy"),
    }
