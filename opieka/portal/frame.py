"""What every page for customers has around it."""

from typing import Any

from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from opieka.accounts.models import Organisation
from opieka.accounts.queries import organisation_at


def shop_of(request: HttpRequest) -> Organisation:
    """The organisation whose customer is here; from now on times are in its zone. Raises Http404 where there is none."""
    organisation = organisation_at(request.get_host())
    if organisation is None:
        raise Http404
    timezone.activate(organisation.time_zone)
    return organisation


def frame(
    organisation: Organisation, *, language: str, languages: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The context of portal/base.html."""
    home = reverse("help-start", args=[language])
    foot: list[dict[str, Any]] = []
    if organisation.privacy_url:
        foot.append({"label": _("Privacy"), "url": organisation.privacy_url})
    if organisation.contact_email:
        foot.append({"label": _("Contact"), "url": f"mailto:{organisation.contact_email}", "at_end": True})
    return {
        "shop": {
            "name": organisation.name,
            "url": organisation.shop_url or None,
            "logo_url": static("demo/logo.svg") if organisation.demo else None,
            "logo_dark_url": static("demo/logo-white.svg") if organisation.demo else None,
            "brand_css_url": reverse("brand-css", args=[organisation.slug]),
        },
        "places": [{"label": _("Help centre"), "url": home, "current": True}],
        "languages": languages,
        "foot": foot,
    }
