"""What the notice board of a school (督学公示牌) shows, on paper and on its public page; domain §2.7."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.models import Inspector, Place, Term
from dudao.people.access import Anyone, unit_scope
from dudao.people.models import Assignment
from dudao.places.models import NOT_SCHOOLS, Unit

DUTIES = (
    _("监督学校依法依规办学"),
    _("指导学校管理和教育教学"),
    _("受理、核实举报和投诉"),
    _("发现问题并督促学校整改"),
    _("向教育督导机构报告情况，向政府有关部门提出意见"),
)
"""Basic duties of a responsible inspector: Measures for Named Responsible Inspectors (2013), art. 3."""


class Gap(models.TextChoices):
    """Why a school has no board (不能制牌的原因)."""

    NOBODY = "NOBODY", _("没有责任督学")
    UNREGISTERED = "UNREGISTERED", _("责任督学未登记在督学名册")
    ENDED = "ENDED", _("责任督学聘期已满")


@dataclass(frozen=True)
class Board:
    """A school's board on a day. Without an `inspector` there is nothing to show; `gap` says why none is printed."""

    unit: Unit
    inspector: Inspector | None
    zone: str
    until: date | None
    gap: str

    @property
    def name(self) -> str:
        return self.inspector.user.name if self.inspector else ""

    @property
    def certificate(self) -> str:
        return self.inspector.user.certificate_no if self.inspector else ""

    @property
    def phone(self) -> str:
        """The number meant for the public. The person's own mobile never stands in for it."""
        return self.inspector.public_phone if self.inspector else ""

    @property
    def office(self) -> str:
        return self.unit.region.office or self.unit.region.name

    @property
    def url(self) -> str:
        """The public page the QR code opens."""
        return f"{settings.PUBLIC_URL}{reverse('portal:board', args=[self.unit.code])}"


def schools() -> QuerySet[Unit]:
    """Units that have a board: every school and kindergarten in operation."""
    rows: QuerySet[Unit] = Unit.objects.filter(is_open=True).exclude(kind__in=NOT_SCHOOLS)
    return rows.select_related("region")


def schools_visible_to(user: Anyone, capability: str) -> QuerySet[Unit]:
    """Schools with a board where `user` has `capability`."""
    return schools().filter(unit_scope(user, capability, unit=""))


def with_inspector(on: date) -> Exists:
    """Schools somebody of the registry is responsible for on `on`."""
    theirs = Assignment.objects.in_force(on).filter(unit=OuterRef("pk"), inspector__inspector__isnull=False)
    return Exists(theirs)


def boards_of(units: Iterable[Unit], on: date) -> list[Board]:
    """The boards of `units`, in their order, by a constant number of queries."""
    wanted = list(units)
    running = Assignment.objects.in_force(on).filter(unit__in=wanted).order_by("starts_on", "pk")
    holders = dict(running.values_list("unit_id", "inspector_id"))  # the one made responsible last
    registered = {
        one.user_id: one
        for one in Inspector.objects.filter(user__in=set(holders.values())).select_related("user", "region")
    }
    terms = Term.objects.filter(inspector__in=registered.values()).order_by("starts_on")
    until = dict(terms.values_list("inspector_id", "ends_on"))
    standing = Place.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, unit__in=wanted
    )
    zones = dict(standing.order_by("starts_on").values_list("unit_id", "zone__name"))
    boards = []
    for unit in wanted:
        one = registered.get(holders.get(unit.pk))  # type: ignore[arg-type]
        ends_on = until.get(one.pk) if one else None
        gap = "" if one else (Gap.UNREGISTERED if unit.pk in holders else Gap.NOBODY)
        if ends_on is not None and ends_on < on:
            gap = Gap.ENDED
        boards.append(Board(unit, one, zones.get(unit.pk, ""), ends_on, gap))
    return boards
