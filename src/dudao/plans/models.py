"""Month plans and their items."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dudao.inspections.models import Visit
from dudao.inspections.states import VisitState
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.access import Anyone
from dudao.plans import access
from dudao.plans.states import WITH_INSPECTOR, State
from dudao.rules.models import Term
from dudao.rules.terms import SchoolTerm


class MonthPlan(models.Model):
    """What a month is about (月度督导主题) in a region and all below it that have set nothing of their own."""

    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="month_plans")
    month = models.DateField(_("月份"))  # its first day
    themes = models.JSONField(_("督导主题"), default=list)  # keys of the word list THEME
    instruments = models.JSONField(_("督导量表"), default=list)  # keys of instruments
    subject = models.CharField(_("本月重点"), max_length=200, blank=True)

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["region", "month"], name="month_plan_once"),
            models.CheckConstraint(name="month_plan_begins_a_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month:%Y-%m}"


class PlanItemQuerySet(models.QuerySet["PlanItem"]):
    def visible_to(self, user: Anyone, capability: str = "plan.view") -> Self:
        return self.filter(access.scope(user, capability))

    def with_visits(self) -> Self:
        """`is_done`: its inspector has visited the unit within the month."""
        visits = Visit.objects.filter(
            unit=OuterRef("unit"), inspector=OuterRef("inspector"),
            started_at__date__gte=OuterRef("month"), started_at__date__lt=OuterRef("month_after"),
        )  # fmt: skip
        return self.annotate(is_done=Exists(visits))


class PlanItem(models.Model):
    """One school due for one inspector in one month (月度计划项). A visit in that month fulfils it.

    What was put in by hand stays with its inspector, whoever is responsible for the unit. An unannounced item (四不两直) is
    seen by those who go and who set it up only, until they have checked in (`opened_at`); domain §0.4, §8.1.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="plan_items")
    inspector = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="plan_items")
    month = models.DateField(_("月份"))
    month_after = models.DateField(editable=False)
    planned_on = models.DateField(_("计划日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    is_unannounced = models.BooleanField(_("不打招呼"), default=False, db_default=False, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    is_by_hand = models.BooleanField(_("手工列入"), default=False, db_default=False, editable=False)

    objects: ClassVar[models.Manager["PlanItem"]] = PlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["month", "planned_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "inspector", "month", "is_unannounced"], name="plan_item_once"
            ),
            models.CheckConstraint(
                name="plan_item_within_its_month",
                condition=Q(planned_on__isnull=True)
                | Q(planned_on__gte=F("month"), planned_on__lt=F("month_after")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month:%Y-%m}"


class Answer(models.TextChoices):
    """What somebody answered to an invitation."""

    WAITING = "WAITING", _("待答复")
    ACCEPTED = "ACCEPTED", _("已同意")
    DECLINED = "DECLINED", _("不能参加")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def answerable(self) -> Self:
        """One may still come along: the month is not over, nor is a visit filed that was made since one was asked, on the
        planned day or later."""
        made = Visit.objects.filter(
            unit=OuterRef("item__unit"), inspector=OuterRef("item__inspector"), state=VisitState.FILED,
            started_at__date__gte=Coalesce(OuterRef("item__planned_on"), OuterRef("item__month")),
            started_at__date__lt=OuterRef("item__month_after"), started_at__gte=OuterRef("asked_at"),
        )  # fmt: skip
        return self.filter(~Exists(made), item__month_after__gt=clock.today())


class Invitation(models.Model):
    """An inspector asked to come along (同行督学)."""

    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="invitations")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    asked_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[models.Manager["Invitation"]] = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="invitation_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.user_id}"


class TermPlanQuerySet(models.QuerySet["TermPlan"]):
    def visible_to(self, user: Anyone, capability: str = "plan.view") -> Self:
        return self.filter(access.term_scope(user, capability))


class TermPlan(models.Model):
    """What an inspector sets out to do in one term (学期工作计划): a focus in words, and the items of its months.

    `region` is the office it is handed to; `year` the calendar year in which the school year begins.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspector = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="term_plans")
    region = models.ForeignKey("places.Region", on_delete=models.PROTECT, related_name="term_plans")
    year = models.PositiveSmallIntegerField(_("学年"))
    term = models.CharField(_("学期"), max_length=8, choices=Term)
    focus = models.CharField(_("本学期重点"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    reason = models.CharField(_("退回原因"), max_length=300, blank=True, editable=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects: ClassVar[models.Manager["TermPlan"]] = TermPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "term", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspector", "year", "term"], name="term_plan_once"),
            models.CheckConstraint(
                name="term_plan_submitted_has_focus",
                condition=Q(state__in=WITH_INSPECTOR) | (Q(submitted_at__isnull=False) & ~Q(focus="")),
            ),
            models.CheckConstraint(
                name="term_plan_decided_iff_decided_at",
                condition=Q(state__in=(State.DRAFT, State.SUBMITTED), decided_at__isnull=True)
                | Q(state__in=(State.RETURNED, State.CONFIRMED), decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="term_plan_returned_has_reason", condition=~Q(state=State.RETURNED) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector_id} {self.year} {self.term}"

    @property
    def school_term(self) -> SchoolTerm:
        return SchoolTerm(self.year, Term(self.term))
