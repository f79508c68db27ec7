"""The problems of a visit, shown on the visit's page."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dudao.findings.models import Finding
from dudao.findings.queries import with_due
from dudao.inspections.models import Visit


def of_visit(request: HttpRequest, visit: Visit) -> SafeString:
    found = Finding.objects.visible_to(request.user).filter(visit=visit).select_related("unit__region")
    return render_to_string(
        "findings/_of_visit.html", {"rows": with_due(list(found.order_by("number")))}, request=request
    )
