from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InstrumentsConfig(AppConfig):
    name = "dudao.instruments"
    label = "instruments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dudao.ui import navigation  # noqa: PLC0415
        from dudao.ui.looks import Look, register  # noqa: PLC0415

        navigation.register(_("督导量表"), "instruments:list", "checklist", "instrument.view", order=60)
        register(
            "change",
            {
                "ADDED": Look(_("新增"), "green", "plus"),
                "REMOVED": Look(_("删去"), "red", "trash"),
                "MOVED": Look(_("移动"), "blue", "selector"),
                "CHANGED": Look(_("修改"), "orange", "pencil"),
            },
        )
