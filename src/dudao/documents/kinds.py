"""The kinds of documents: their names in lists, and the series their numbers come from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a document is (文种); domain §9.2."""

    VISIT_REPORT = "visit-report", _("督导报告")
    FINDING_LIST = "finding-list", _("问题清单")
    RECORD = "record", _("督导记录表")
    NOTICE = "notice", _("通知")
    APPOINTMENT_LETTER = "appointment-letter", _("聘书")


OFFICIAL_SERIES = "document"
"""One series for all red-head documents of an office: its numbers are its numbers, whatever the kind."""
