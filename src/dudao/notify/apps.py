from django.apps import AppConfig
from django.http import HttpRequest


class NotifyConfig(AppConfig):
    name = "dudao.notify"
    label = "notify"

    def ready(self) -> None:
        from dudao.notify.models import Message  # noqa: PLC0415 - models load after the registry
        from dudao.ui.context import register_counter  # noqa: PLC0415

        def unread(request: HttpRequest) -> int:
            return Message.objects.filter(recipient_id=request.user.pk, read_at__isnull=True).count()

        register_counter("unread", unread)
