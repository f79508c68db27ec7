"""What follows when a visit is filed: its problems go out, report and problem list are issued."""

from django.utils import translation

from dudao.documents import services as documents
from dudao.findings import services
from dudao.findings.documents import finding_list
from dudao.findings.models import Finding
from dudao.inspections.documents import report
from dudao.inspections.models import Visit


def after_filing(visit: Visit) -> None:
    """Send the problems and issue both documents, in the transaction that files the visit."""
    services.send_after_filing(visit)
    with translation.override("zh-hans"):  # official documents are Chinese whoever is at work
        texts = [report(visit)]
        if Finding.objects.filter(visit=visit).exists():
            texts.append(finding_list(visit))
    for text in texts:
        documents.issue(text, issuer=visit.unit.region, unit=visit.unit, subject=visit, by=visit.inspector)
