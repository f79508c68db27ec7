"""What people keep of lists: long exports, made by a worker, and views under a name."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from dudao.documents.orders import Order
from dudao.people.access import Anyone
from dudao.people.models import User


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: Anyone) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk) if user.pk else self.none()


class Export(Order):
    """An order of all rows of a filtered list as a file (导出): which list, as which address asked for it, what kind of file."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="exports")
    listing = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    suffix = models.CharField(max_length=4, default="xlsx", db_default="xlsx")
    file = models.FileField(upload_to="exports/%Y/%m/", blank=True, editable=False)

    objects: ClassVar[models.Manager["Export"]] = ExportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.listing} {self.query}"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Anyone) -> Self:
        """One's own, and those shared in the offices one belongs to."""
        if not isinstance(user, User):
            return self.none()
        offices = [grant.region_id for grant in user.grants_with() if grant.region_id is not None]
        return self.filter(Q(user=user) | Q(office__in=offices))


class SavedView(models.Model):
    """A list as somebody likes to see it (常用视图): filters, order and columns under a name. With `office` for all of it."""

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="saved_views")
    office = models.ForeignKey("places.Region", null=True, on_delete=models.PROTECT, related_name="+")
    listing = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    query = models.TextField(blank=True)

    objects: ClassVar[models.Manager["SavedView"]] = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "listing", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
