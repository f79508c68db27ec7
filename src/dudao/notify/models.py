"""Messages to people inside the application."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock


class Message(models.Model):
    """A message (消息) to one person. `key` makes a second sending of the same thing harmless."""

    recipient = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="inbox")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(_("时间"), default=clock.now)
    read_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="message_once")]
        indexes = [models.Index(fields=["recipient", "read_at"], name="message_unread")]

    def __str__(self) -> str:
        return self.key
