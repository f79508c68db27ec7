"""Who may come in and what a browser may do with our pages."""

from datetime import timedelta

from csp.constants import NONCE, NONE, SELF

from dudao.settings import env

SECRET_KEY = env.secret_key()
DEBUG = False
ALLOWED_HOSTS = env.listed("DUDAO_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.listed("DUDAO_ORIGINS")
# Where the documents' QR codes lead; the address the public uses.
PUBLIC_URL = env.text("DUDAO_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

# Where mails and text messages go out, as addresses of apprise with {to} for the recipient; empty: not at all.
NOTIFY_MAIL = env.text("DUDAO_MAIL")
NOTIFY_SMS = env.text("DUDAO_SMS")

HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # one absolute limit of 12 hours
IDLE_SIGN_OUT_SECONDS = env.whole("DUDAO_IDLE_SECONDS", 1800)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("DUDAO_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "dudao.people.passwords.NotLikeTheAccount"},
    {"NAME": "dudao.people.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "dudao.people.passwords.NotCommon"},
    {"NAME": "dudao.people.passwords.NotOnlyDigits"},
]

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "dudao.people.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, "'unsafe-inline'"],  # Vant and ECharts set style attributes
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
