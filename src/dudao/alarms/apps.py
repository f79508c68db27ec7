from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlarmsConfig(AppConfig):
    name = "dudao.alarms"
    label = "alarms"

    def ready(self) -> None:
        from dudao.alarms import evidence, messages, projectors, services, views  # noqa: PLC0415
        from dudao.alarms.payloads import AlarmIn  # noqa: PLC0415
        from dudao.alarms.states import State  # noqa: PLC0415
        from dudao.intake import evidence_access, kinds, outcomes  # noqa: PLC0415
        from dudao.journal import followers  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import context, looks, navigation  # noqa: PLC0415

        kinds.register("alarm", schema=1, shape=AlarmIn, project=projectors.project_alarm)
        evidence_access.register(evidence.may_see)
        outcomes.register("alarm", projectors.page_of_entry)
        messages.register()
        followers.register("alarms.messages", messages.follow)
        steps.register("alarms.climb", services.climb, every_seconds=15)
        context.register_banner(views.on_every_page)
        looks.register(
            "alarm",
            {
                State.RAISED: looks.Look(State.RAISED.label, "red", "urgent"),
                State.ACKNOWLEDGED: looks.Look(State.ACKNOWLEDGED.label, "orange", "progress"),
                State.CLOSED: looks.Look(State.CLOSED.label, "green", "circle-check"),
            },
        )
        navigation.register(_("重大隐患"), "alarms:list", "urgent", "alarm.view", order=35)
