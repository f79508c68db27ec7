from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "dudao.office"
    label = "office"

    def ready(self) -> None:
        from dudao.office import (  # noqa: PLC0415 - declare what can be imported
            account_importing,  # noqa: F401
            calendar_importing,  # noqa: F401
            exports,
            importing,  # noqa: F401
            saved_views,
        )
        from dudao.ui import navigation  # noqa: PLC0415
        from dudao.ui.lists import pages, saved  # noqa: PLC0415

        exports.register()
        pages.take_orders(exports.ask)
        saved.keep_with(saved_views.of)
        navigation.register(_("工作台"), "office:home", "home", order=0)
        navigation.register(_("手机端"), "field:app", "device-mobile", "visit.record", order=5)
        navigation.register(_("学校"), "office:units", "school", "unit.view", order=40)
        navigation.register(_("规则依据"), "office:rules", "scale", "rule.view", order=70)
        navigation.register(_("督导机构"), "office:regions", "building-bank", "region.manage", order=75)
        navigation.register(_("日志"), "office:journal", "history", "journal.view", order=90)
        navigation.register(_("后台任务"), "office:jobs", "stack-2", "queue.manage", order=95)
