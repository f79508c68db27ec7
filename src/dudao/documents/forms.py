"""What people type into a draft, and when they move it or an issued document on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.documents.states import MOVES
from dudao.documents.wording import PLACES
from dudao.ui.forms import OfficeForm, day, lines


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


class WordingForm(OfficeForm):
    """The fixed words of a kind, from a day on."""

    starts_on = day(label=_("启用日期"))
    mark = forms.CharField(
        label=_("红头"), required=False, max_length=60, help_text=_("不填则用督导机构名称。")
    )
    organ = forms.CharField(
        label=_("落款机关"), required=False, max_length=80, help_text=_("不填则用督导机构名称。")
    )
    opening = lines(4, label=_("开头语"), required=False, max_length=2000)
    closing = lines(4, label=_("结尾语"), required=False, max_length=2000)
    contact = forms.CharField(label=_("联系人和电话"), required=False, max_length=120)
    copies = lines(2, label=_("抄送"), required=False, max_length=1000, help_text=_("一行一个单位。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _("；").join(f"{{{place}}} {words}" for place, (_key, words) in PLACES.items())
        for name in ("opening", "closing"):
            self.fields[name].help_text = _("可以写入数据：%(known)s") % {"known": known}


class SealForm(OfficeForm):
    file = forms.FileField(
        label=_("印章图片"),
        help_text=_("PNG，不超过 2 MB，沿印章边缘裁剪，背景透明为好。"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png"}),
    )


class WordForm(OfficeForm):
    file = forms.FileField(
        label=_("改好的 Word 文件"),
        help_text=_("先下载这份拟稿的 Word，修改后上传，不超过 10 MB。确认差异后才采用。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )
