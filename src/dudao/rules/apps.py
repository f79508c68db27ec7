from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulesConfig(AppConfig):
    name = "dudao.rules"
    label = "rules"

    def ready(self) -> None:
        from dudao.rules.kinds import Comparison  # noqa: PLC0415 - words are ready only now
        from dudao.rules.models import Mark  # noqa: PLC0415
        from dudao.ui.looks import Look, register  # noqa: PLC0415

        register(
            "rule-comparison",
            {
                Comparison.STRICTER: Look(Comparison.STRICTER.label, "blue", "sort-ascending"),
                Comparison.LAXER: Look(Comparison.LAXER.label, "orange", "sort-descending"),
                Comparison.SAME: Look(Comparison.SAME.label, "secondary", "minus"),
                Comparison.OTHER: Look(Comparison.OTHER.label, "purple", "replace"),
            },
        )
        register(
            "rule-mark",
            {
                Mark.SOURCE: Look(Mark.SOURCE.label, "green", "check"),
                Mark.UNVERIFIED: Look(Mark.UNVERIFIED.label, "yellow", "help-circle"),
                Mark.DESIGN: Look(Mark.DESIGN.label, "yellow", "bulb"),
            },
        )
        register(
            "rule",
            {
                "COMING": Look(_("尚未生效"), "orange", "clock"),
                "HOLDS": Look(_("执行中"), "green", "circle-check"),
                "ENDED": Look(_("已结束"), "secondary", "archive"),
            },
        )

    default_auto_field = "django.db.models.BigAutoField"
