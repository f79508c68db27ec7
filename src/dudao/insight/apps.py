from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "dudao.insight"
    label = "insight"

    def ready(self) -> None:
        from dudao.documents import starters  # noqa: PLC0415
        from dudao.insight import followers as own  # noqa: PLC0415 - models load after the registry
        from dudao.inspectors import links  # noqa: PLC0415
        from dudao.journal import followers  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import navigation  # noqa: PLC0415

        followers.register(own.NAME, own.follow)
        steps.register("insight.check", own.check_at_night, every_seconds=600)
        starters.register(
            _("督导工作月报、督导简报"),
            _("督学、责任区或区县一个月的数据、问题和上月整改；或给领导看的两三页"),
            "insight:monthly",
            "document.draft",
        )
        links.every.append(links.Link(_("履职档案"), "insight:yearbook", "folder-open"))
        navigation.register(_("督导覆盖"), "insight:start", "chart-donut", "coverage.view", order=25)
        navigation.register(_("领导速览"), "insight:glance", "gauge", "coverage.view", order=2)
        navigation.register(
            _("我的履职档案"), "insight:yearbook-mine", "folder-open", "visit.record", order=35
        )
