"""Who may see a photo: whoever may see a visit that holds it; the unit not where a copy with faces covered stands for it."""

from dudao.inspections.models import Visit, VisitFile
from dudao.people.access import Anyone


def may_see(user: Anyone, sha256: str) -> bool:
    held = Visit.objects.filter(pk__in=VisitFile.objects.filter(sha256=sha256).values("visit_id"))
    masked = VisitFile.objects.filter(masks=sha256).values("visit_id")
    return (
        held.visible_to(user).exclude(pk__in=masked).exists()
        or held.with_originals_for(user).filter(pk__in=masked).exists()
    )
