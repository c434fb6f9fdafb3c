"""Addresses of coming in. Of django-allauth only these are reachable; each says here who may open it."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path, re_path

from opieka.accounts.access import personal, public
from opieka.web.login import views

LINK = r"^account/password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

urlpatterns = [
    path("login/", public(account.login), name="account_login"),
    path("login/passkey/", public(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("login/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("login/sso/cancelled/", public(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("login/sso/failed/", public(social.login_error), name="socialaccount_login_error"),
    path("login/sso/new/", public(social.signup), name="socialaccount_signup"),
    path("login/<slug:provider_id>/", public(oidc.login), name="openid_connect_login"),
    path("login/<slug:provider_id>/callback/", public(oidc.callback), name="openid_connect_callback"),
    path("logout/", public(account.logout), name="account_logout"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("account/inactive/", public(account.account_inactive), name="account_inactive"),
    path("account/password/forgotten/", public(account.password_reset), name="account_reset_password"),
    path("account/password/sent/", public(account.password_reset_done), name="account_reset_password_done"),
    re_path(LINK, public(account.password_reset_from_key), name="account_reset_password_from_key"),
    path(
        "account/password/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("account/password/", personal(account.password_change), name="account_change_password"),
    path("account/password/first/", personal(account.password_set), name="account_set_password"),
    path("account/again/", personal(account.reauthenticate), name="account_reauthenticate"),
    path("account/again/code/", personal(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/again/passkey/", personal(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/security/", personal(mfa.index), name="mfa_index"),
    path("account/app/", personal(totp.activate_totp), name="mfa_activate_totp"),
    path("account/app/off/", personal(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", personal(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/codes/new/", personal(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/codes/file/", personal(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("account/passkeys/", personal(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("account/passkeys/new/", personal(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/", personal(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", personal(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("account/sessions/", views.sessions, name="sessions"),
    path("account/sessions/<int:session_id>/end/", views.end_session, name="session-end"),
    path("account/organisation/<int:organisation_id>/", views.switch, name="organisation-switch"),
]
