"""What people say when they bring in an instrument."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.places.models import Region
from dudao.ui.forms import OfficeForm

MOST_BYTES = 5 * 1024 * 1024
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")


class BringInForm(OfficeForm):
    """One file, and whose instrument it becomes."""

    file = forms.FileField(
        label=_("填好的文件"),
        error_messages={"empty": _("文件是空的。请检查后再上传。")},
        help_text=_("本系统的模板、导出的 Excel，或 XLSForm；不超过 5 MB。"),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    level = forms.ChoiceField(label=_("哪一级使用"), help_text=_("本级和下级的督学都能使用。"))

    def __init__(self, *args: Any, levels: Sequence[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._levels = {region.code: region for region in levels}
        level = self.fields["level"]
        assert isinstance(level, forms.ChoiceField)
        level.choices = [(code, region.name) for code, region in self._levels.items()]
        if len(self._levels) == 1:
            level.widget = forms.HiddenInput()
            level.initial = next(iter(self._levels))

    @property
    def region(self) -> Region:
        return self._levels[self.cleaned_data["level"]]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if PurePath(file.name or "").suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(_("请上传 Excel（.xlsx、.xls、.ods）或 CSV 文件。"))
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 5 MB。请删除图片和多余的工作表。"))
        return file
