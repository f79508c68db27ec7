"""An order of many pages or files in one, made by a worker while the person goes on: how far it is, and how it ends."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any, BinaryIO, NamedTuple

from django.core.files import File
from django.db import models
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.kernel.text import shorten

KEPT = timedelta(days=30)


class OrderState(models.TextChoices):
    """How far an order is."""

    WAITING = "WAITING", _("等待生成")
    MAKING = "MAKING", _("正在生成")
    MADE = "MADE", _("已生成")
    FAILED = "FAILED", _("生成失败")


class Order(models.Model):
    """What every order has. Rooms add `user` and what is ordered. `left_out` holds name and reason of what was left out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(
        _("状态"), max_length=8, choices=OrderState, default=OrderState.WAITING, editable=False
    )
    reason = models.TextField(blank=True, editable=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]

    @property
    def is_running(self) -> bool:
        return self.state != OrderState.MADE

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class Made(NamedTuple):
    """What came of an order: how many pages or files it holds, what kind of file, and what was left out and why."""

    pages: int
    suffix: str
    left_out: list[list[str]]


Write = Callable[[Any, BinaryIO, Callable[[int], None]], Made]
"""Writes an order to a file, telling how much of it is done."""


def carry_out(model: type[Any], pk: str, write: Write, tell: Callable[[Any], object]) -> None:
    """Make the file of an order. Delivered twice, it makes it once; what goes wrong is noted and raised again."""
    order = model.objects.select_related("user").filter(pk=pk).exclude(state=OrderState.MADE).first()
    if order is None:
        return
    rows = model.objects.filter(pk=pk)
    rows.update(state=OrderState.MAKING, done=0, reason="", left_out=[])
    try:
        with tempfile.TemporaryFile() as out:
            made = write(order, out, lambda done: rows.update(done=done))
            if made.pages:
                out.seek(0)
                order.file.save(f"{order.pk.hex}.{made.suffix}", File(out), save=False)
    except Exception as error:
        rows.update(state=OrderState.FAILED, reason=shorten(f"{type(error).__name__}: {error}", 500))
        raise
    rows.update(
        state=OrderState.MADE,
        file=order.file.name or "",
        pages=made.pages,
        done=order.total,
        left_out=made.left_out,
        ended_at=clock.now(),
    )
    order.refresh_from_db()
    tell(order)
    _forget_old(model.objects.filter(user=order.user))


def _forget_old(rows: Any) -> None:
    """What was ordered is used soon or made again: files older than a month make room."""
    for order in rows.filter(ended_at__lt=clock.now() - KEPT).exclude(file=""):
        order.file.delete(save=False)
        rows.filter(pk=order.pk).update(file="")
