from django.apps import AppConfig


class TrialConfig(AppConfig):
    name = "tests.intake.trial"
    label = "trial"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dudao.intake import evidence_access, kinds  # noqa: PLC0415
        from tests.intake.trial import rooms  # noqa: PLC0415

        kinds.register("trial", 1, rooms.TrialIn, rooms.project, complete=rooms.complete)
        kinds.on_evidence_stored(rooms.heard)
        evidence_access.register(rooms.may_see)
