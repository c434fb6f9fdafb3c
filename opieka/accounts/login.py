"""How django-allauth is bent to this house: nobody signs up, letters go through the queue, secrets lie sealed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from opieka.accounts import mail
from opieka.accounts.actions.invite import accept_as
from opieka.accounts.models import Invitation, User
from opieka.accounts.queries import membership_of, open_invitations_to
from opieka.plumbing.jobs import job
from opieka.plumbing.secrets import decrypt, encrypt

AUTHENTICATOR = "accounts.authenticator"


class Doorkeeper(DefaultAccountAdapter):  # type: ignore[misc]
    """Logging in, forgotten passwords, and the letters about both."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off."),
        "email_password_mismatch": _("The e-mail and the password do not match."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right, or it has expired."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has been used or has expired."),
        "too_many_login_attempts": _("Too many attempts. Try again in five minutes."),
        "rate_limited": _("Too many attempts. Try again in a minute."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters about an account are rendered now, in the person's language, and sent by a job."""
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        with translation.override(user.language if user else settings.LANGUAGE_CODE):
            post_rendered(template_prefix, email, context, user=user)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Use the password"),
            "mfa_reauthenticate": _("Use a code from the app"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": words[method["id"]]} for method in methods]


def post_rendered(template_prefix: str, email: str, context: dict[str, Any], *, user: User | None) -> None:
    place = membership_of(user) if user else None
    words = context | {"public_url": settings.PUBLIC_URL}
    subject = render_to_string(f"{template_prefix}_subject.txt", words)
    text = render_to_string(f"{template_prefix}_message.txt", words)
    mail.post(
        email, subject=subject, text=text.strip() + "\n", organisation_id=place.organisation_id if place else None
    )


@job(retries=3)
def mail_reset_link(email: str) -> None:
    """Write to whoever has an account with this e-mail; nothing happens, and nothing is said, when nobody has."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        return
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    link = f"{settings.PUBLIC_URL}/account/password/new/{key}/"
    with translation.override(user.language):
        post_rendered("account/email/password_reset_key", user.email, {"user": user, "link": link}, user=user)


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are sealed like every other."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it has expired."),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text, context=AUTHENTICATOR)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, context=AUTHENTICATOR)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's names.
        return str(_("Passkey"))


class CompanyLogin(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The company's own login (OIDC): for people who have a place here, and for people who were invited."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(_invitations(sociallogin))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        user.name = (data.get("name") or " ".join(filter(None, [data.get("first_name"), data.get("last_name")])))[:120]
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        offers = _invitations(sociallogin)
        user = super().save_user(request, sociallogin, form)
        for offer in offers:
            accept_as(offer, user)
        return user


def _invitations(sociallogin: Any) -> list[Invitation]:
    """Open invitations to an e-mail that the company's login has verified."""
    verified = [address.email for address in sociallogin.email_addresses if address.verified]
    return [offer for email in verified for offer in open_invitations_to(email)]
