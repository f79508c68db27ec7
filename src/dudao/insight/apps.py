from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "dudao.insight"
    label = "insight"

    def ready(self) -> None:
        from dudao.insight import followers as own  # noqa: PLC0415 - models load after the registry
        from dudao.journal import followers  # noqa: PLC0415
        from dudao.ui import navigation  # noqa: PLC0415

        followers.register(own.NAME, own.follow)
        navigation.register(_("督导覆盖"), "insight:start", "chart-donut", "coverage.view", order=25)
