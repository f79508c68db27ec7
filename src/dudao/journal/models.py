"""What happened, append-only. The database itself refuses to change or remove a row (migration 0002)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened (留痕): who did what to which object, before and after, from where.

    Keeps plain ids and labels and no foreign key, so that it outlives what it tells of.
    """

    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("事项"), max_length=64)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(_("操作人"), max_length=120, blank=True)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    object_label = models.CharField(_("对象"), max_length=200, blank=True)
    region_path = models.CharField(max_length=64, blank=True)
    unit_id = models.CharField(max_length=36, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(_("说明"), blank=True)
    origin = models.CharField(_("来源地址"), max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="event_by_object"),
            models.Index(fields=["region_path", "id"], name="event_by_region"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_type}:{self.object_id}"


class Unsealed(models.Model):
    """Events that wait for their number; written with the event, removed as it is sealed."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True)

    def __str__(self) -> str:
        return str(self.pk)


class Seal(models.Model):
    """The gapless number of a committed event and its link in the chain of hashes."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:12]}"


class Follower(models.Model):
    """How far a reader of the journal has come."""

    name = models.CharField(max_length=64, primary_key=True)
    seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}@{self.seq}"
