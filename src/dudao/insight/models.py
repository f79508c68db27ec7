"""Roll-ups: what dashboards read. A follower of the journal keeps them; they can be rebuilt from it at any time."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitMonth(models.Model):
    """What happened in one unit in one month (by the deployment's calendar)."""

    unit_id = models.UUIDField()
    region_path = models.CharField(max_length=64)
    month = models.DateField(_("月份"))
    visits = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    struck_off = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["UnitMonth"]] = models.Manager()

    class Meta:
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["unit_id", "month"], name="unit_month_once")]
        indexes = [models.Index(fields=["region_path", "month"], name="unit_month_by_region")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month}"
