from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "dudao.inspections"
    label = "inspections"

    def ready(self) -> None:
        from dudao.inspections import check_ins, joint, live, projectors  # noqa: PLC0415 - models load after the registry
        from dudao.inspections.evidence import may_see  # noqa: PLC0415
        from dudao.inspections.payloads import CheckInIn, OneSheetVisitIn, VisitIn  # noqa: PLC0415
        from dudao.inspections.queries import page_of_entry  # noqa: PLC0415
        from dudao.inspections.states import VisitState  # noqa: PLC0415
        from dudao.intake import evidence_access, kinds, outcomes  # noqa: PLC0415
        from dudao.notify import services as notify  # noqa: PLC0415
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
        kinds.register("check-in", schema=1, shape=CheckInIn, project=projectors.project_check_in)
        notify.register(
            check_ins.KIND,
            _("督学已到校"),
            _(
                "%(name)s（督学证号 %(number)s）已到校督导。同行督学：%(others)s。请核对证件，正常教学秩序不受影响。"
            ),
        )
        streams.register(live.NAME, live.look)
        evidence_access.register(may_see)
        outcomes.register("visit", page_of_entry)
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
            "supplement": ("blue", "plus"),
        }
        looks.register("check-in", {"here": looks.Look(_("督导中"), "orange", "map-pin")})
        looks.register(
            "companion", {key: looks.Look(label, *tones[key]) for key, label in joint.STANDINGS.items()}
        )
        navigation.register(_("督导实况"), "inspections:live", "broadcast", "live.view", order=15)
        navigation.register(_("督导记录"), "inspections:list", "clipboard-list", "visit.view", order=20)
