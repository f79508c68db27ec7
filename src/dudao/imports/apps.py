from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "dudao.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dudao.imports import messages  # noqa: PLC0415 - models load after the registry
        from dudao.imports.states import RowState, State  # noqa: PLC0415
        from dudao.ui.looks import Look, register  # noqa: PLC0415

        messages.register()
        register(
            "import",
            {
                State.CHECKING: Look(State.CHECKING.label, "azure", "loader"),
                State.CHECKED: Look(State.CHECKED.label, "orange", "clipboard-check"),
                State.UNREADABLE: Look(State.UNREADABLE.label, "red", "alert-triangle"),
                State.APPLYING: Look(State.APPLYING.label, "blue", "progress"),
                State.APPLIED: Look(State.APPLIED.label, "green", "circle-check"),
                State.DISCARDED: Look(State.DISCARDED.label, "secondary", "trash"),
            },
        )
        register(
            "import-row",
            {
                RowState.WRONG: Look(RowState.WRONG.label, "red", "alert-circle"),
                RowState.DOUBTFUL: Look(RowState.DOUBTFUL.label, "orange", "help-circle"),
                RowState.NEW: Look(RowState.NEW.label, "green", "plus"),
                RowState.CHANGED: Look(RowState.CHANGED.label, "blue", "edit"),
                RowState.SAME: Look(RowState.SAME.label, "secondary", "minus"),
            },
        )
