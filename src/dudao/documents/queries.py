"""Reads of documents for this room's pages and the rooms above."""

from django.db.models import Model, QuerySet

from dudao.documents.models import Document, Draft
from dudao.people.access import Anyone


def documents_visible_to(user: Anyone) -> QuerySet[Document]:
    """Documents within reach, newest first."""
    rows: QuerySet[Document] = Document.objects.visible_to(user).newest_first()
    return rows.select_related("issuer", "unit").defer("source")


def documents_of(user: Anyone, subject: Model) -> QuerySet[Document]:
    """Documents that came of a thing, such as a visit, within reach of `user`."""
    return documents_visible_to(user).filter(
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    )


def draft_of(document: Document) -> Draft | None:
    """The draft an issued document came of; None for what the system issues by itself."""
    return Draft.objects.filter(document=document).select_related("drafted_by", "reviewed_by").first()
