"""The ways to a person that the help centre names."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from opieka.accounts.hours import back_words, opening
from opieka.accounts.models import Organisation


def reach_of(organisation: Organisation) -> dict[str, Any]:
    """Ways to a person that exist, and when they are here."""
    back = back_words(organisation, timezone.now())
    here = opening(organisation, timezone.now()).open
    hours = _("We are here now.") if here else _("We are back %(when)s.") % {"when": back} if back else ""
    ways = []
    if organisation.contact_email:
        ways.append(
            {
                "icon": "mail",
                "label": _("E-mail"),
                "note": organisation.contact_email,
                "url": f"mailto:{organisation.contact_email}",
            }
        )
    if organisation.contact_phone:
        phone = organisation.contact_phone
        ways.append({"icon": "phone", "label": _("Phone"), "note": phone, "url": f"tel:{phone.replace(' ', '')}"})
    return {"hours": hours, "ways": ways}
