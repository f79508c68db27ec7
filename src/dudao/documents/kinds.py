"""The kinds of documents: their names in lists, the series their numbers come from, and which of them need a receipt."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a document is (文种); domain §9.2."""

    VISIT_REPORT = "visit-report", _("督导报告")
    FINDING_LIST = "finding-list", _("问题清单")
    RECORD = "record", _("督导记录表")
    NOTICE = "notice", _("通知")
    APPOINTMENT_LETTER = "appointment-letter", _("聘书")
    RECTIFY = "rectify-notice", _("整改通知书")
    CONSULTATION = "consultation", _("协商转办函")
    URGING = "urging-sheet", _("督办单")
    RECTIFICATION_REPORT = "rectification-report", _("整改报告")
    VERIFICATION = "verification", _("整改核查记录")
    LEDGER = "rectification-ledger", _("整改台账")
    OBSERVATION = "observation", _("听课记录表")
    INTERVIEW = "interview", _("访谈记录")
    MONTHLY = "monthly-report", _("督导工作月报")
    BRIEF = "brief", _("督导简报")


NEED_RECEIPT = frozenset({Kind.RECTIFY, Kind.URGING})
"""Sent to a unit, which confirms each of them. The receipt of a problem list is the receipt of its problems."""

NEED_ADDRESSEE = frozenset({Kind.RECTIFY, Kind.URGING, Kind.CONSULTATION})
"""Letters: they cannot go for review without saying to whom."""

OFFICIAL_SERIES = "document"
"""One series for all red-head documents of an office: its numbers are its numbers, whatever the kind."""
