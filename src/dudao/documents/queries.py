"""Reads of documents for this room's pages and the rooms above."""

from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from dudao.documents.kinds import Kind
from dudao.documents.models import Document
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


@dataclass(frozen=True)
class Filters:
    """The list's filters, read from the address; what makes no sense is ignored."""

    kind: str = ""
    year: str = ""
    text: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        kind, year = query.get("kind", ""), query.get("year", "")
        return cls(
            kind=kind if kind in Kind.values else "",
            year=year if len(year) == 4 and year.isdecimal() and year.isascii() and year != "0000" else "",
            text=query.get("q", "").strip()[:100],
        )

    @property
    def any(self) -> bool:
        return self != Filters()


def listed(user: Anyone, filters: Filters) -> QuerySet[Document]:
    """Documents `user` may see that fit `filters`."""
    rows = documents_visible_to(user)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.year:
        rows = rows.filter(issued_on__year=int(filters.year))
    if filters.text:
        found = Q(number__icontains=filters.text) | Q(title__icontains=filters.text)
        rows = rows.filter(found | Q(unit__name__icontains=filters.text))
    return rows
