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
            tasks,
        )
        from dudao.inspectors.states import State  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import looks, navigation  # noqa: PLC0415

        messages.register()
        steps.register("inspectors.publicity-over", tasks.publicity_over, every_seconds=3600)
        looks.register(
            "application",
            {
                State.SUBMITTED: looks.Look(State.SUBMITTED.label, "orange", "user-question"),
                State.REVIEWED: looks.Look(State.REVIEWED.label, "azure", "user-check"),
                State.REFUSED: looks.Look(State.REFUSED.label, "red", "user-x"),
                State.PUBLIC: looks.Look(State.PUBLIC.label, "purple", "speakerphone"),
                State.APPOINTED: looks.Look(State.APPOINTED.label, "green", "certificate"),
                State.STOPPED: looks.Look(State.STOPPED.label, "red", "ban"),
                State.WITHDRAWN: looks.Look(State.WITHDRAWN.label, "secondary", "arrow-back-up"),
            },
        )
        navigation.register(_("督学"), "inspectors:list", "id-badge-2", "inspector.view", order=45)
        navigation.register(_("责任区"), "inspectors:zones-start", "map-2", "zone.view", order=46)
