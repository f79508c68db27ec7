"""The life of a document an office writes, from draft to issue (拟稿、审核、签发), and of an issued one, as two tables."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DraftState(models.TextChoices):
    DRAFT = "DRAFT", _("拟稿中")
    REVIEW = "REVIEW", _("待审核")
    RETURNED = "RETURNED", pgettext_lazy("state", "退回修改")
    SIGNING = "SIGNING", _("待签发")
    ISSUED = "ISSUED", _("已签发")
    DROPPED = "DROPPED", _("已放弃")


WITH_WRITER = (DraftState.DRAFT, DraftState.RETURNED)
"""The text can be changed."""

OPEN = (DraftState.DRAFT, DraftState.RETURNED, DraftState.REVIEW, DraftState.SIGNING)


class Standing(models.TextChoices):
    """How an issued document stands."""

    ISSUED = "ISSUED", _("已签发")
    SENT = "SENT", _("待签收")
    RECEIVED = "RECEIVED", _("已签收")
    VOID = "VOID", _("已作废")


class Move(NamedTuple):
    """From which states, to which, by whom, and what the button says.

    `by_other` is refused to those who wrote the text, `by_writer` to all others; `needs_note` asks for a reason.
    """

    sources: tuple[DraftState, ...]
    target: DraftState
    capability: str
    label: object
    by_other: bool = False
    by_writer: bool = False
    needs_note: bool = False


MOVES = {
    "submit": Move(WITH_WRITER, DraftState.REVIEW, "document.draft", _("送审")),
    "pass": Move((DraftState.REVIEW,), DraftState.SIGNING, "document.review", _("审核通过，送签"), by_other=True),
    "return": Move(
        (DraftState.REVIEW,), DraftState.RETURNED, "document.review", _("退回修改"), by_other=True, needs_note=True
    ),
    "issue": Move((DraftState.SIGNING,), DraftState.ISSUED, "document.sign", _("签发"), by_other=True),
    "refuse": Move(
        (DraftState.SIGNING,), DraftState.RETURNED, "document.sign", _("不予签发，退回修改"), by_other=True,
        needs_note=True,
    ),
    "recall": Move((DraftState.REVIEW,), DraftState.DRAFT, "document.draft", _("撤回修改"), by_writer=True),
    "drop": Move(WITH_WRITER, DraftState.DROPPED, "document.draft", _("放弃这份拟稿"), by_writer=True),
}  # fmt: skip
