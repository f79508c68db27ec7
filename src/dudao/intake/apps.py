from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "dudao.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dudao.documents import figures  # noqa: PLC0415
        from dudao.intake import access, completion, kinds, media, projectors, sweeping, tending, variants  # noqa: PLC0415 - models load after the registry
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import navigation  # noqa: PLC0415

        steps.register("intake.project", projectors.run, every_seconds=0.2)
        steps.register("intake.announce", completion.announce, every_seconds=0.2)
        steps.register("intake.check", completion.check, every_seconds=0.2)
        steps.register("intake.tend", tending.tend, every_seconds=5)
        kinds.on_evidence_stored(media.note)
        steps.register("intake.media", media.Workshop().turn, every_seconds=1)
        steps.register("intake.sweep", sweeping.nightly, every_seconds=60)
        navigation.register(
            _("手机同步情况"),
            "intake:phones",
            "device-mobile",
            access.CAPABILITY,
            order=47,
            also=("intake:quarantine", "intake:handovers"),
        )
        navigation.register(_("证据完整性"), "intake:integrity", "shield-check", "queue.manage", order=96)
        figures.register_source("evidence", variants.for_documents)
