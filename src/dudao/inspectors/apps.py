from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectorsConfig(AppConfig):
    name = "dudao.inspectors"
    label = "inspectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dudao.inspectors import importing  # noqa: F401, PLC0415 - declares what can be imported
        from dudao.ui import navigation  # noqa: PLC0415

        navigation.register(_("督学"), "inspectors:list", "id-badge-2", "inspector.view", order=45)
        navigation.register(_("责任区"), "inspectors:zones-start", "map-2", "zone.view", order=46)
