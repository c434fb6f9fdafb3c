"""The forms of django-allauth in our words: labels instead of placeholders, a password typed once and shown on demand."""

from typing import Any

from allauth.account import forms as account
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from opieka.accounts.login import mail_reset_link
from opieka.plumbing.jobs import enqueue

PASSWORD_HINT = _("At least 10 characters. A sentence you will remember is best.")


def dress(form: forms.BaseForm, **labels: Any) -> None:
    """Our label, no placeholder, no foreign hint."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


def one_new_password(form: forms.BaseForm, label: Any) -> None:
    form.fields.pop("password2", None)
    dress(form, password1=label)
    form.fields["password1"].help_text = PASSWORD_HINT


class LoginForm(account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, login=_("E-mail"), password=_("Password"))
        self.fields["login"].widget.attrs |= {"autocomplete": "username webauthn", "autofocus": True}


class ForgottenForm(forms.Form):
    """Asks for a link to a new password. Whether the e-mail has an account, only the letter tells."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )

    def save(self, request: Any) -> str:
        email: str = self.cleaned_data["email"]
        enqueue(mail_reset_link, email=email)
        return email


class NewPasswordForm(account.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_new_password(self, _("New password"))


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, oldpassword=_("Current password"))
        one_new_password(self, _("New password"))


class SetPasswordForm(account.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_new_password(self, _("New password"))


class PasswordAgainForm(account.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, password=_("Password"))
        self.fields["password"].widget.attrs["autofocus"] = True


def dress_code(form: forms.BaseForm, label: Any) -> None:
    dress(form, code=label)
    form.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric", "class": "code"}


class CodeForm(mfa.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self, _("Code from the app, or a recovery code"))


class CodeAgainForm(mfa.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self, _("Code from the app, or a recovery code"))


class FirstCodeForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self, _("Code from the app"))


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, name=_("Name"), passwordless=_("Log in with this key alone, without a password"))
        self.fields["passwordless"].initial = True
        self.fields["name"].help_text = _("For example: work laptop, phone.")


class RenamePasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, name=_("Name"))


class NewcomerForm(forms.Form):
    """A person without an account chooses a password; forms that ask for more put it last."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


class AcceptForm(NewcomerForm):
    """What a newcomer tells us when taking the place they were offered."""

    field_order = ("name", "password")
    name = forms.CharField(
        label=_("First and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )


def too_many(action: str, key: str) -> bool:
    """Whether this visitor has tried this too often; counts the try."""
    return not ratelimit.consume(context.request, action=action, key=key)
