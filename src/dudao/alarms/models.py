"""Alarms and their photos."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dudao.alarms import access
from dudao.alarms.states import State
from dudao.people.access import Anyone
from dudao.people.models import User


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def visible_to(self, user: Anyone, capability: str = "alarm.view") -> Self:
        return self.filter(access.scope(user, capability))

    def waiting_for(self, user: User) -> Self:
        """Nobody has answered, and this person is asked to."""
        return self.visible_to(user, "alarm.handle").filter(access.desk(user), state=State.RAISED)


class Alarm(models.Model):
    """Grave danger found in a school (重大隐患上报). Its id is the phone's; what was reported never changes."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey("places.Unit", on_delete=models.PROTECT, related_name="alarms")
    inspector = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="alarms")
    visit = models.UUIDField(null=True)  # during which it was found; that visit may still be on the phone
    what = models.TextField(_("情况"))
    where = models.CharField(_("具体位置"), max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    pressed_at = models.DateTimeField(_("按下时间"))
    received_at = models.DateTimeField(_("收到时间"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.RAISED, editable=False)
    climbed_at = models.DateTimeField(_("上报上级时间"), null=True, editable=False)
    acknowledged_at = models.DateTimeField(_("知悉时间"), null=True, editable=False)
    acknowledged_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    handler = models.CharField(_("处理人"), max_length=100, blank=True, editable=False)
    closed_at = models.DateTimeField(_("办结时间"), null=True, editable=False)
    closed_by = models.ForeignKey(
        "people.User", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    outcome = models.TextField(_("处理结果"), blank=True, editable=False)

    objects: ClassVar[models.Manager["Alarm"]] = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "received_at"], name="alarm_by_state"),
            models.Index(fields=["inspector", "-received_at"], name="alarm_by_inspector"),
        ]
        constraints = [
            models.CheckConstraint(
                name="alarm_acknowledged_once_answered",
                condition=Q(state=State.RAISED, acknowledged_at__isnull=True)
                | (~Q(state=State.RAISED) & Q(acknowledged_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="alarm_closed_at_iff_closed",
                condition=Q(state=State.CLOSED, closed_at__isnull=False)
                | (~Q(state=State.CLOSED) & Q(closed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.what.split("\n")[0][:80]


class AlarmPhoto(models.Model):
    """A photo that goes with an alarm; its bytes may arrive later.

    `masks` is the hash of the photo of which this is the copy with faces covered (遮挡副本).
    """

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="photos")
    sha256 = models.CharField(max_length=64)
    masks = models.CharField(max_length=64, blank=True, default="", db_default="")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["alarm", "position"]
        indexes = [models.Index(fields=["sha256"], name="alarm_photo_by_hash")]

    def __str__(self) -> str:
        return self.sha256[:12]
