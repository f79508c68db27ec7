"""What people type about visits."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.ui.forms import OfficeForm


class WithoutForm(OfficeForm):
    """Why a joint visit no longer waits."""

    reason = forms.CharField(
        label=_("不再等待的原因"), max_length=300, help_text=_("例如：临时有事没有到校。后到的记录作为补充。")
    )
