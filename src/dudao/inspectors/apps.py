from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectorsConfig(AppConfig):
    name = "dudao.inspectors"
    label = "inspectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dudao.inspectors import (  # noqa: PLC0415 - models load after the registry
            importing,  # noqa: F401 - declares what can be imported
            messages,
        )
        from dudao.inspectors.models import PrintingState  # noqa: PLC0415
        from dudao.ui import looks, navigation  # noqa: PLC0415

        messages.register()
        looks.register(
            "printing",
            {
                PrintingState.WAITING: looks.Look(PrintingState.WAITING.label, "azure", "loader"),
                PrintingState.MAKING: looks.Look(PrintingState.MAKING.label, "blue", "progress"),
                PrintingState.MADE: looks.Look(PrintingState.MADE.label, "green", "file-check"),
                PrintingState.FAILED: looks.Look(PrintingState.FAILED.label, "red", "alert-triangle"),
            },
        )
        navigation.register(_("督学"), "inspectors:list", "id-badge-2", "inspector.view", order=45)
        navigation.register(_("责任区"), "inspectors:zones-start", "map-2", "zone.view", order=46)
