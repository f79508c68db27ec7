"""Long exports of lists, made by a worker."""

from typing import ClassVar, Self

from django.db import models

from dudao.documents.orders import Order
from dudao.people.access import Anyone


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: Anyone) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk) if user.pk else self.none()


class Export(Order):
    """An order of all rows of a filtered list as an Excel file (导出): which list, and as which address asked for it."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="exports")
    listing = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    file = models.FileField(upload_to="exports/%Y/%m/", blank=True, editable=False)

    objects: ClassVar[models.Manager["Export"]] = ExportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.listing} {self.query}"
