"""Imports and their rows."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from dudao.imports.states import RUNNING, RowState, State
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.kernel.told import said
from dudao.people.access import Anyone


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: Anyone) -> Self:
        """One's own: a file may hold what others must not see."""
        return self.filter(user_id=user.pk) if user.pk else self.none()


class Import(models.Model):
    """A file brought in (导入) by one person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="imports")
    language = models.CharField(max_length=10)
    file = models.FileField(upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("文件"), max_length=200)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.CHECKING, editable=False)
    reason = models.TextField(blank=True)
    reason_filled = models.JSONField(default=dict)
    sheet = models.CharField(max_length=100, blank=True)
    ignored = models.JSONField(default=list)
    same = models.PositiveIntegerField(default=0)  # rows that would change nothing; only counted
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    only_right = models.BooleanField(default=False)
    has_moved = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("上传时间"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager["Import"]] = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def why(self) -> str:
        """Why it could not be read, in the reader's language."""
        return said([self.reason, self.reason_filled])

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class Row(models.Model):
    """One row of the file that is not as what is stored: as it was found (`raw`; only of a wrong one), understood
    (`values`) and compared (`changes`: key → old, new). `is_meant`: it was doubtful, and the person stands by it."""

    of = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="rows", db_index=False
    )  # both indexes below begin with it
    number = models.PositiveIntegerField(_("行号"))
    state = models.CharField(_("结果"), max_length=8, choices=RowState)
    title = models.CharField(max_length=120, blank=True)
    raw = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    is_meant = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["of", "state", "number"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.number}"
