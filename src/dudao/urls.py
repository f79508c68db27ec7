"""Every page of the house on one page. The door (`/door/`) is answered ahead of Django, in `asgi.py`."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", login_not_required(set_language), name="set_language"),
    path("", include("dudao.people.urls")),
    path("", include("dudao.notify.urls")),
    path("", include("dudao.imports.urls")),
    path("", include("dudao.documents.urls")),
    path("", include("dudao.inspectors.urls")),
    path("", include("dudao.instruments.urls")),
    path("", include("dudao.intake.urls")),
    path("", include("dudao.inspections.urls")),
    path("", include("dudao.plans.urls")),
    path("", include("dudao.findings.urls")),
    path("", include("dudao.alarms.urls")),
    path("", include("dudao.insight.urls")),
    path("", include("dudao.field.urls")),
    path("", include("dudao.portal.urls")),
    path("", include("dudao.ui.urls")),
    path("", include("dudao.office.urls")),
]
