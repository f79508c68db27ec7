from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    name = "dudao.plans"
    label = "plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dudao.inspections import check_ins, joint  # noqa: PLC0415
        from dudao.inspections import services as inspections  # noqa: PLC0415
        from dudao.intake import kinds  # noqa: PLC0415
        from dudao.journal import followers  # noqa: PLC0415
        from dudao.plans import followers as own  # noqa: PLC0415 - models load after the registry
        from dudao.plans import messages, term_plans  # noqa: PLC0415
        from dudao.plans.payloads import InvitationAnswerIn  # noqa: PLC0415
        from dudao.plans.projectors import project_answer  # noqa: PLC0415
        from dudao.plans.queries import team_of  # noqa: PLC0415
        from dudao.plans.states import State  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import looks, navigation  # noqa: PLC0415

        messages.register()
        kinds.register("invitation-answer", schema=1, shape=InvitationAnswerIn, project=project_answer)
        joint.register_teams(team_of)
        check_ins.on_checked_in(own.open_on_check_in)
        inspections.on_received(own.open_on_arrival)
        followers.register(own.NAME, own.follow)
        steps.register("plans.open-term", term_plans.open_coming, every_seconds=3600)
        looks.register(
            "plan",
            {
                "open": looks.Look(_("待督导"), "blue", "calendar-event"),
                "late": looks.Look(_("已过计划日期"), "red", "clock-exclamation"),
                "undated": looks.Look(_("未定日期"), "orange", "calendar-time"),
                "done": looks.Look(_("已督导"), "green", "circle-check"),
                "secret": looks.Look(_("不打招呼"), "purple", "eye-off"),
            },
        )
        looks.register(
            "invitation",
            {
                "WAITING": looks.Look(_("待答复"), "orange", "hourglass"),
                "ACCEPTED": looks.Look(_("已同意"), "green", "user-check"),
                "DECLINED": looks.Look(_("不能参加"), "secondary", "user-x"),
            },
        )
        looks.register(
            "term-plan",
            {
                State.DRAFT: looks.Look(State.DRAFT.label, "blue", "pencil"),
                State.SUBMITTED: looks.Look(State.SUBMITTED.label, "orange", "hourglass"),
                State.RETURNED: looks.Look(State.RETURNED.label, "red", "arrow-back-up"),
                State.CONFIRMED: looks.Look(State.CONFIRMED.label, "green", "circle-check"),
            },
        )
        navigation.register(_("督导计划"), "plans:list", "calendar-event", "plan.view", order=10)
