from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "dudao.documents"
    label = "documents"

    def ready(self) -> None:
        from dudao.documents import figures, messages, seals, tasks  # noqa: PLC0415 - models load after the registry
        from dudao.documents.models import State  # noqa: PLC0415
        from dudao.documents.orders import OrderState  # noqa: PLC0415
        from dudao.documents.states import DraftState, Standing  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import looks, navigation  # noqa: PLC0415

        messages.register()
        figures.register_source(seals.PREFIX, seals.load)
        steps.register("documents.unreceived", tasks.remind_unreceived, every_seconds=600)
        looks.register(
            "document",
            {
                State.WAITING: looks.Look(State.WAITING.label, "azure", "loader"),
                State.READY: looks.Look(State.READY.label, "green", "file-check"),
                State.FAILED: looks.Look(State.FAILED.label, "red", "alert-triangle"),
            },
        )
        looks.register(
            "draft",
            {
                DraftState.DRAFT: looks.Look(DraftState.DRAFT.label, "azure", "pencil"),
                DraftState.REVIEW: looks.Look(DraftState.REVIEW.label, "orange", "report-search"),
                DraftState.RETURNED: looks.Look(DraftState.RETURNED.label, "red", "corner-up-left"),
                DraftState.SIGNING: looks.Look(DraftState.SIGNING.label, "purple", "progress-check"),
                DraftState.ISSUED: looks.Look(DraftState.ISSUED.label, "green", "file-check"),
                DraftState.DROPPED: looks.Look(DraftState.DROPPED.label, "secondary", "ban"),
            },
        )
        looks.register(
            "standing",
            {
                Standing.ISSUED: looks.Look(Standing.ISSUED.label, "green", "file-check"),
                Standing.SENT: looks.Look(Standing.SENT.label, "orange", "mail"),
                Standing.RECEIVED: looks.Look(Standing.RECEIVED.label, "green", "user-check"),
                Standing.VOID: looks.Look(Standing.VOID.label, "red", "ban"),
            },
        )
        looks.register(
            "order",
            {
                OrderState.WAITING: looks.Look(OrderState.WAITING.label, "azure", "loader"),
                OrderState.MAKING: looks.Look(OrderState.MAKING.label, "blue", "progress"),
                OrderState.MADE: looks.Look(OrderState.MADE.label, "green", "file-check"),
                OrderState.FAILED: looks.Look(OrderState.FAILED.label, "red", "alert-triangle"),
            },
        )
        navigation.register(_("文书"), "documents:list", "file-text", "document.view", order=80)
