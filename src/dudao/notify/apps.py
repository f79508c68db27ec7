from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    name = "dudao.notify"
    label = "notify"

    def ready(self) -> None:
        from dudao.notify import delivering, digests, urgent  # noqa: PLC0415 - models load after the registry
        from dudao.notify.models import Message, State  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import looks, navigation  # noqa: PLC0415
        from dudao.ui.context import register_counter  # noqa: PLC0415

        def unread(request: HttpRequest) -> int:
            return Message.objects.filter(recipient_id=request.user.pk, read_at__isnull=True).count()

        navigation.register(_("对外发送"), "notify:deliveries", "send", "queue.manage", order=94)
        register_counter("unread", unread)
        steps.register("notify.urgent", urgent.write_due, every_seconds=1)
        steps.register("notify.digests", digests.write_due, every_seconds=60)
        steps.register("notify.deliver", delivering.deliver, every_seconds=2, waits_on_others=True)
        looks.register(
            "delivery",
            {
                State.WAITING: looks.Look(State.WAITING.label, "blue", "hourglass"),
                State.SENDING: looks.Look(State.SENDING.label, "blue", "send"),
                State.SENT: looks.Look(State.SENT.label, "green", "circle-check"),
                State.FAILED: looks.Look(State.FAILED.label, "red", "alert-triangle"),
                State.UNKNOWN: looks.Look(State.UNKNOWN.label, "orange", "help-circle"),
                State.DROPPED: looks.Look(State.DROPPED.label, "secondary", "copy"),
            },
        )
