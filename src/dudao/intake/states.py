"""The life of an entry after it was acknowledged."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryState(models.TextChoices):
    RECEIVED = "received", _("已接收")  # acknowledged and durable, not yet turned into rows
    PROJECTED = "projected", _("已入库")
    QUARANTINED = "quarantined", _("待查")  # kept as it came, waits for a person
