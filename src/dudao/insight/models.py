"""Roll-ups: what dashboards read. A follower of the journal keeps them; they can be counted again at any time.

Rows are plain figures of one unit and name its region, so that a sum over a region reads its own rows only: by the
region's key, since neither database looks up the beginning of a path in an index (PostgreSQL by its collation, SQLite never).
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitMonth(models.Model):
    """What happened in one unit in one month (by the deployment's calendar)."""

    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(_("月份"))
    visits = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    struck_off = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    items = models.PositiveIntegerField(
        default=0, db_default=0
    )  # of the checklists its visits brought, those that applied

    objects: ClassVar[models.Manager["UnitMonth"]] = models.Manager()

    class Meta:
        db_table = "insight_month"  # the table of the first release was counted up and had no region's key
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["unit", "month"], name="month_once_a_unit")]
        indexes = [models.Index(fields=["region", "month"], name="month_by_region")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month}"


class UnitStanding(models.Model):
    """How many problems of one unit are in one state, of one severity, with one deadline, told to the unit or not.

    `due_on` is the deadline the unit must meet now; whether it has passed is asked of the day, never stored.
    """

    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12)
    severity = models.CharField(max_length=10)
    due_on = models.DateField(null=True)
    is_told = models.BooleanField(default=True, db_default=True)
    count = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["UnitStanding"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "state", "severity", "is_told", "due_on"],
                name="unit_standing_once_by_deadline",
            ),
            models.UniqueConstraint(
                fields=["unit", "state", "severity", "is_told"],
                condition=models.Q(due_on__isnull=True),
                name="unit_standing_once_no_deadline",
            ),
        ]
        indexes = [models.Index(fields=["region", "state"], name="unit_standing_by_region")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.state} {self.count}"


class UnitClosing(models.Model):
    """How many problems of one unit were struck off in one month after so many days: a median needs each."""

    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    days = models.PositiveIntegerField()
    count = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["UnitClosing"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "month", "days"], name="unit_closing_once"),
        ]
        indexes = [models.Index(fields=["region", "month"], name="unit_closing_by_region")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month} {self.days}"


class Check(models.Model):
    """One nightly comparison of the roll-ups with the ledgers (统计核对)."""

    on = models.DateField(_("日期"), unique=True)
    units = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["Check"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.on} {self.wrong}/{self.units}"
