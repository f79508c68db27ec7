"""Who may see a photo of a report: whoever may see the problem."""

from dudao.findings.models import Finding, ReportPhoto
from dudao.people.access import Anyone


def may_see(user: Anyone, sha256: str) -> bool:
    held = ReportPhoto.objects.filter(sha256=sha256).values("report__finding_id")
    return Finding.objects.visible_to(user).filter(pk__in=held).exists()
