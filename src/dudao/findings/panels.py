"""The problems of a visit, shown on the visit's page."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dudao.findings.models import Finding
from dudao.findings.queries import with_due
from dudao.inspections.joint import awaited
from dudao.inspections.models import Visit
from dudao.people.models import User


def of_visit(request: HttpRequest, visit: Visit) -> SafeString:
    found = Finding.objects.visible_to(request.user).filter(visit=visit).select_related("unit__region")
    context = {
        "rows": with_due(list(found.order_by("number"))),
        # While others' sheets are awaited, the problems are not all there.
        "may_draft": isinstance(request.user, User)
        and request.user.can("document.draft")
        and not awaited(visit),
    }
    return render_to_string("findings/_of_visit.html", context, request=request)
