"""What an import tells the person who brought it in, who may have left the page."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.imports.models import Import
from dudao.imports.states import RowState
from dudao.notify import services as notify

KINDS = {
    "import.checked": (_("导入文件已检查"), _("%(file)s：新增 %(new)s 行，修改 %(changed)s 行，有误 %(wrong)s 行。请确认。")),
    "import.unreadable": (_("导入文件无法读取"), _("%(file)s：打开查看原因和怎么改。")),
    "import.applied": (_("导入完成"), _("%(file)s：新增 %(new)s 行，修改 %(changed)s 行。")),
}  # fmt: skip


def register() -> None:
    for kind, (title, body) in KINDS.items():
        notify.register(kind, title, body)


def tell(one: Import, counts: Mapping[str, int]) -> None:
    """Tell how the work ended that led to the state it is in; `counts` are its rows by their state."""
    kind = f"import.{one.state.lower()}"
    notify.send_once(
        kind,
        key=f"{kind}:{one.pk}:{one.ended_at}",
        to=[one.user],
        url=reverse("imports:show", args=[one.pk]),
        params={
            "file": one.file_name,
            "new": counts[RowState.NEW],
            "changed": counts[RowState.CHANGED],
            "wrong": counts[RowState.WRONG],
        },
    )
