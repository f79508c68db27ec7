"""Who may see a photo: whoever may see a visit that holds it."""

from dudao.inspections.models import Visit, VisitFile
from dudao.people.access import Anyone


def may_see(user: Anyone, sha256: str) -> bool:
    visits = VisitFile.objects.filter(sha256=sha256).values("visit_id")
    return Visit.objects.visible_to(user).filter(pk__in=visits).exists()
