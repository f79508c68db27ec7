"""What an import tells the person who brought it in, who may have left the page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.imports.models import Import, Row
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


def tell_checked(one: Import) -> None:
    _tell("import.checked", one)


def tell_unreadable(one: Import) -> None:
    _tell("import.unreadable", one)


def tell_applied(one: Import) -> None:
    _tell("import.applied", one)


def _tell(kind: str, one: Import) -> None:
    rows = Row.objects.filter(of=one)
    notify.send_once(
        kind,
        key=f"{kind}:{one.pk}:{one.ended_at}",
        to=[one.user],
        url=reverse("imports:show", args=[one.pk]),
        params={
            "file": one.file_name,
            "new": rows.filter(state=RowState.NEW).count(),
            "changed": rows.filter(state=RowState.CHANGED).count(),
            "wrong": rows.filter(state=RowState.WRONG).count(),
        },
    )
