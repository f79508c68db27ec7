"""What people type into a draft, and when they move it or an issued document on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.documents.states import MOVES
from dudao.ui.forms import OfficeForm, lines


class DraftForm(OfficeForm):
    """The text of a draft, with the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = lines(2, label=_("标题"), max_length=200, help_text=_("一行是一行；只写一行时自动分行。"))
    addressee = forms.CharField(label=_("主送单位"), required=False, max_length=200)
    body = lines(
        16,
        label=_("正文"),
        max_length=60_000,
        help_text=_(
            "一行一段。行首写“一、”“（一）”“1.”“（1）”的是各级标题，编号自动重排；行首空一格的一律作正文。"
            "〔表1〕〔照片1〕是系统按数据生成的表格和照片，可以移动、删除，也可以再写回来。"
            "“附件：标题”另起一页，“附件（横页）：标题”用横页。"
        ),
    )
    copies = lines(2, label=_("抄送"), required=False, max_length=1000, help_text=_("一行一个单位。"))


class MoveForm(OfficeForm):
    """One step of a draft."""

    seen = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    note = lines(2, label=_("意见"), required=False, max_length=1000)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if MOVES[name].needs_note:
            self.fields["note"].label = _("原因")
            self.fields["note"].required = True


class ReceiveForm(OfficeForm):
    name = forms.CharField(label=_("签收人姓名"), max_length=60)


class VoidForm(OfficeForm):
    reason = lines(2, label=_("作废原因"), max_length=500)
