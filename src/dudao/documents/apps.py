from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "dudao.documents"
    label = "documents"

    def ready(self) -> None:
        from dudao.documents.models import State  # noqa: PLC0415 - models load after the registry
        from dudao.ui import looks, navigation  # noqa: PLC0415

        looks.register(
            "document",
            {
                State.WAITING: looks.Look(State.WAITING.label, "azure", "loader"),
                State.READY: looks.Look(State.READY.label, "green", "file-check"),
                State.FAILED: looks.Look(State.FAILED.label, "red", "alert-triangle"),
            },
        )
        navigation.register(_("文书"), "documents:list", "file-text", "document.view", order=80)
