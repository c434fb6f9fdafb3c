"""Fields of a channel's settings form. A channel declares them; pages and the start wizard draw them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

# What a customer reads at once, where the owner wants that and has written nothing else.
ACKNOWLEDGEMENT = _("Thank you, your message has reached us (number {{conversation.number}}). A person will answer it.")
ACKNOWLEDGEMENT_CLOSED = _(
    "Thank you, your message has reached us (number {{conversation.number}}). Nobody is here right now.\n"
    "We are back {{shop.back}}."
)


class SecretField(forms.CharField):
    """A secret: drawn as a password, kept encrypted, never shown again; left empty it keeps the old value."""

    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    secret = True


class DayField(forms.DateField):
    """A day, kept as ISO 8601 text; "" for none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        return day.isoformat() if day else ""


class UnlessInput(forms.TextInput):
    """For what is needed or not depending on another field: the browser must not insist, the form does."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class ChannelForm(forms.Form):
    """Settings of one inbox of a channel; a subclass lists its fields. Those in `rare` are folded away at first."""

    rare: ClassVar[tuple[str, ...]] = ()

    @staticmethod
    def as_typed(settings: Mapping[str, Any]) -> dict[str, Any]:
        """Stored settings as a person typed them; a list of texts stands one a line."""
        return {
            name: "\n".join(map(str, value)) if isinstance(value, list) else value for name, value in settings.items()
        }


CharField = forms.CharField
EmailField = forms.EmailField
RegexField = forms.RegexField
IntegerField = forms.IntegerField
BooleanField = forms.BooleanField
ChoiceField = forms.ChoiceField
Textarea = forms.Textarea
