"""What arrived: entries and evidence, kept as they came. The door writes them without Django (`ledgers/`)."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dudao.intake import access
from dudao.intake.states import EntryState, Fault, HandoverState, MediumState, Repairable, Standing
from dudao.kernel import clock
from dudao.people.access import Anyone

_TROUBLE = Q(state=EntryState.QUARANTINED) | Q(state=EntryState.PROJECTED, completed_at=None) & ~Q(reason="")


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: Anyone) -> Self:
        return self.filter(access.scope(user))

    def in_trouble(self) -> Self:
        """Entries that wait for a person: quarantined, or never completed because completion itself fails."""
        return self.filter(_TROUBLE)

    def handed_to_people(self) -> Self:
        """Those in trouble, and those a person has closed."""
        return self.filter(_TROUBLE | Q(state=EntryState.CLOSED))


class Entry(models.Model):
    """Something a phone sent (条目), acknowledged and never changed. `id` is the phone's; it is the only gate.

    `state` moves by compare-and-swap. `try_at` is when the worker may try again after a failure.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(_("种类"), max_length=40)
    schema = models.PositiveSmallIntegerField()
    user_id = models.BigIntegerField()  # plain, so that what arrived outlives accounts
    device_id = models.UUIDField()
    made_at = models.DateTimeField(_("填写时间"))
    device_time = models.DateTimeField(null=True)  # the phone's clock as it sent
    received_at = models.DateTimeField(_("收到时间"))
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(
        _("状态"), max_length=12, choices=EntryState, default=EntryState.RECEIVED, editable=False
    )
    reason = models.CharField(_("原因"), max_length=60, blank=True)
    detail = models.TextField(_("说明"), blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField()
    projected_at = models.DateTimeField(null=True)
    check_due = models.BooleanField(default=False)  # its files should be counted again
    completed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Entry"]] = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(fields=["received_at"], name="entry_received", condition=Q(state="received")),
            models.Index(fields=["received_at"], name="entry_quarantined", condition=Q(state="quarantined")),
            models.Index(fields=["try_at"], name="entry_check_due", condition=Q(check_due=True)),
            models.Index(fields=["user_id", "received_at"], name="entry_by_user"),
        ]
        constraints = [
            models.CheckConstraint(
                name="entry_projected_at_iff_projected",
                condition=Q(state="projected", projected_at__isnull=False)
                | (~Q(state="projected") & Q(projected_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Proof(models.Model):
    """What the phone's signature proved about an entry when it was projected (签名核验). A bad one is flagged, never refused."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, primary_key=True, related_name="proof")
    standing = models.CharField(_("设备签名"), max_length=10, choices=Standing)
    reason = models.CharField(max_length=30, blank=True)  # why it is bad, a code
    key_id = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.entry_id} {self.standing}"


class Repair(models.Model):
    """What a person has put right in an entry that could not be turned into records (更正): the body stays as it came."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="repairs")
    field = models.CharField(max_length=20, choices=Repairable)
    old = models.CharField(max_length=64)
    new = models.CharField(max_length=64)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="repairs")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.field} {self.old} → {self.new}"


class ExpectedFile(models.Model):
    """A file an entry's manifest promises; written as the entry is projected."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="expected_files")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="expected_file_by_hash")]
        constraints = [
            models.UniqueConstraint(fields=["entry", "sha256", "size"], name="expected_file_once"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class EvidenceFile(models.Model):
    """A stored file (证据文件), named by its content and never replaced.

    `trusted` means its bytes are of the type the phone declared.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()
    declared_type = models.CharField(max_length=100)
    sniffed_type = models.CharField(max_length=100, blank=True)
    trusted = models.BooleanField()
    name = models.CharField(_("文件名"), max_length=200, blank=True)
    path = models.CharField(max_length=200)  # inside the storage "evidence"
    received_at = models.DateTimeField(_("收到时间"))
    entry_id = models.UUIDField()  # the entry it first came for
    user_id = models.BigIntegerField()
    announced = models.BooleanField(default=False)  # upper rooms have been told

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="evidence_unannounced", condition=Q(announced=False)),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Medium(models.Model):
    """What is known of a stored video or recording, and what was made of it for pages (音像). The original stays."""

    file = models.OneToOneField(
        EvidenceFile, on_delete=models.PROTECT, primary_key=True, related_name="medium"
    )
    state = models.CharField(max_length=10, choices=MediumState, default=MediumState.WAITING, editable=False)
    at = models.DateTimeField()  # of the state
    tries = models.PositiveSmallIntegerField(default=0)
    seconds = models.FloatField(default=0)
    codecs = models.CharField(max_length=40, blank=True)
    has_poster = models.BooleanField(default=False)
    has_copy = models.BooleanField(default=False)  # browsers play no original

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="medium_waiting", condition=Q(state__in=["waiting", "working"]))
        ]

    def __str__(self) -> str:
        return f"{self.file_id[:12]} {self.state}"

    @property
    def length(self) -> str:
        """Minutes and seconds, or hours too: 3:05, 1:02:03."""
        whole = round(self.seconds)
        minutes, seconds = divmod(whole, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class FileCheckQuerySet(models.QuerySet["FileCheck"]):
    def faults(self) -> Self:
        return self.exclude(fault="")


class FileCheck(models.Model):
    """When a stored file was last hashed again, and what was wrong with it then (完整性复核)."""

    file = models.OneToOneField(
        EvidenceFile, on_delete=models.PROTECT, primary_key=True, related_name="last_check"
    )
    checked_at = models.DateTimeField(_("复核时间"))
    fault = models.CharField(_("问题"), max_length=10, choices=Fault, blank=True)
    since = models.DateTimeField(_("发现时间"), null=True)  # when the fault was first seen

    objects: ClassVar[models.Manager["FileCheck"]] = FileCheckQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["checked_at"], name="file_check_oldest"),
            models.Index(fields=["since"], name="file_check_faults", condition=~Q(fault="")),
        ]

    def __str__(self) -> str:
        return f"{self.file_id[:12]} {self.fault}"


class Sweep(models.Model):
    """One round of hashing stored files again (复核轮次): a night's share, or one asked for by hand."""

    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    night = models.DateField(null=True, unique=True)  # of a nightly share; none when asked for by hand
    looked = models.PositiveIntegerField(_("已复核"), default=0)
    wrong = models.PositiveIntegerField(_("有问题"), default=0)

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: Anyone) -> Self:
        return self.filter(access.scope(user))


class Handover(models.Model):
    """A phone's unsent work, brought to the office as a file (导出文件). The file lies in the store's `.uploads/` until it is taken."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(_("文件名"), max_length=200)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="handovers")
    at = models.DateTimeField(_("上传时间"), default=clock.now)
    user_id = models.BigIntegerField()  # the inspector whose work it is
    device_id = models.UUIDField()
    state = models.CharField(
        _("状态"), max_length=10, choices=HandoverState, default=HandoverState.WAITING, editable=False
    )
    contents = models.JSONField()  # what the file holds (handing_in)
    outcome = models.JSONField(default=dict)  # what became of it

    objects: ClassVar[models.Manager["Handover"]] = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name
