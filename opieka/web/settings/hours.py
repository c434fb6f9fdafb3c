"""The form of opening hours: seven days, each open from and to, or closed."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from opieka.accounts.hours import holidays_of
from opieka.accounts.models import Organisation

USUAL = ("08:00", "16:00")


def clock_field() -> forms.TimeField:
    return forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class HoursForm(forms.Form):
    """`hours()` gives what Organisation.opening_hours holds: weekday number (0 is Monday) to opening and closing time."""

    def __init__(self, *args: Any, hours: dict[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in range(7):
            opens, closes = hours.get(str(day), USUAL)
            self.fields[f"open_{day}"] = forms.BooleanField(required=False, initial=str(day) in hours)
            self.fields[f"from_{day}"] = clock_field()
            self.fields[f"to_{day}"] = clock_field()
            self.initial = {
                **self.initial,
                f"from_{day}": time.fromisoformat(opens),
                f"to_{day}": time.fromisoformat(closes),
            }

    def days(self) -> list[dict[str, Any]]:
        """The rows to draw."""
        return [
            {"name": WEEKDAYS[day], "open": self[f"open_{day}"], "from": self[f"from_{day}"], "to": self[f"to_{day}"]}
            for day in range(7)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for day in range(7):
            opens, closes = cleaned.get(f"from_{day}"), cleaned.get(f"to_{day}")
            if cleaned.get(f"open_{day}") and not (opens and closes and opens < closes):
                self.add_error(f"to_{day}", _("The closing time must be later than the opening time."))
        return cleaned

    def hours(self) -> dict[str, list[str]]:
        said = self.cleaned_data
        return {
            str(day): [f"{said[f'from_{day}']:%H:%M}", f"{said[f'to_{day}']:%H:%M}"]
            for day in range(7)
            if said[f"open_{day}"]
        }


def next_holidays(organisation: Organisation, *, most: int = 3) -> list[date]:
    """The next statutory days off on which the firm would have been open."""
    today = timezone.localdate()
    days = sorted(holidays_of(organisation.country, today.year) | holidays_of(organisation.country, today.year + 1))
    working = [day for day in days if day >= today and str(day.weekday()) in organisation.opening_hours]
    return [day for day in working if day - today < timedelta(days=366)][:most]
