from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "dudao.inspections"
    label = "inspections"

    def ready(self) -> None:
        from dudao.inspections import joint, live, projectors  # noqa: PLC0415 - models load after the registry
        from dudao.inspections.evidence import may_see  # noqa: PLC0415
        from dudao.inspections.payloads import OneSheetVisitIn, VisitIn  # noqa: PLC0415
        from dudao.inspections.states import VisitState  # noqa: PLC0415
        from dudao.intake import evidence_access, kinds  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import looks, navigation, streams  # noqa: PLC0415

        kinds.register(
            "visit",
            schema=1,
            shape=OneSheetVisitIn,
            project=projectors.project_one_sheet_visit,
            complete=projectors.complete_visit,
        )
        kinds.register(
            "visit",
            schema=2,
            shape=VisitIn,
            project=projectors.project_visit,
            complete=projectors.complete_visit,
        )
        streams.register(live.NAME, live.look)
        evidence_access.register(may_see)
        steps.register("inspections.joint", joint.give_up_waiting, every_seconds=600)
        looks.register(
            "visit",
            {
                VisitState.RECEIVING: looks.Look(VisitState.RECEIVING.label, "azure", "cloud-upload"),
                VisitState.FILED: looks.Look(VisitState.FILED.label, "green", "archive"),
            },
        )
        tones = {
            "missing": ("orange", "hourglass"),
            "arriving": ("azure", "cloud-upload"),
            "waiting": ("yellow", "alert-triangle"),
            "joined": ("green", "circle-check"),
            "supplement": ("blue", "circle-plus"),
        }
        looks.register(
            "companion", {key: looks.Look(label, *tones[key]) for key, label in joint.STANDINGS.items()}
        )
        navigation.register(_("督导实况"), "inspections:live", "broadcast", "live.view", order=15)
        navigation.register(_("督导记录"), "inspections:list", "clipboard-list", "visit.view", order=20)
