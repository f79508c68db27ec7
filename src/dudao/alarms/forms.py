"""What the desk types."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AcknowledgeForm(forms.Form):
    handler = forms.CharField(
        label=_("由谁处理"), max_length=100, widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text=_("写姓名，可加电话；上报的督学会在手机上看到。"), error_messages={"required": _("请填写由谁处理。")},
    )  # fmt: skip


class CloseForm(forms.Form):
    outcome = forms.CharField(
        label=_("处理结果"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": _("请写明处理结果。")},
    )  # fmt: skip
