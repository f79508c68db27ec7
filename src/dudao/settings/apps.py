"""Rooms, middleware, templates."""

from dudao.settings import env

DEMO = env.flag("DUDAO_DEMO")  # shows one-click sign-in; never set it where real data live

ROOMS = [
    "kernel",
    "ui",
    "journal",
    "queue",
    "places",
    "people",
    "rules",
    "notify",
    "imports",
    "documents",
    "inspectors",
    "instruments",
    "intake",
    "inspections",
    "plans",
    "findings",
    "alarms",
    "insight",
    "field",
    "portal",
    "office",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django_vite",
    "template_partials.apps.SimpleAppConfig",
    *[f"dudao.{room}" for room in ROOMS],
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dudao.people.middleware.IdleSignOut",
    "dudao.journal.middleware.RequestOrigin",
    "dudao.ui.middleware.FriendlyErrors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "dudao.urls"
WSGI_APPLICATION = "dudao.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dudao.ui.context.page",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.app_directories.Loader"],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "dudao.ui.templatetags.dudao",
                "dudao.ui.templatetags.lists",
            ],
        },
    }
]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("DUDAO_LOG_LEVEL", "WARNING")},
    "loggers": {"django_tasks_db": {"level": "ERROR"}, "django_tasks": {"level": "ERROR"}},
}
