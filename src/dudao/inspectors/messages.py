"""What is told when boards are made, to the person who may have left the page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.models import Printing
from dudao.notify import services as notify


def register() -> None:
    notify.register(
        "board.made", _("公示牌已生成"), _("%(pages)s 块公示牌可以下载；%(left_out)s 所学校未生成。")
    )


def tell_made(printing: Printing) -> None:
    notify.send_once(
        "board.made",
        key=f"board.made:{printing.pk}",
        to=[printing.user],
        url=reverse("inspectors:printing", args=[printing.pk]),
        params={"pages": printing.pages, "left_out": len(printing.left_out)},
    )
