"""Forms as the office's pages show them: Tabler's classes, day pickers, errors that say what to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class OfficeForm(forms.Form):
    """A form whose fields look and speak like all others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)


def dress(field: forms.Field) -> None:
    """Give one field its looks and words."""
    widget = field.widget
    if isinstance(widget, forms.Select):
        widget.attrs.setdefault("class", "form-select")
    elif isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
        widget.attrs.setdefault("class", "form-check-input")
    else:
        widget.attrs.setdefault("class", "form-control")
    field.error_messages["required"] = _("请填写这一项。")
    if isinstance(field, forms.DateField):
        field.error_messages["invalid"] = _("请填写日期，例如 2026-09-01。")
    if isinstance(field, forms.IntegerField | forms.FloatField):
        field.error_messages["invalid"] = _("请填写数字。")
    if isinstance(field, forms.ChoiceField):
        field.error_messages["invalid_choice"] = _("请从列表中选择。")


def day(**options: Any) -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def lines(rows: int, **options: Any) -> forms.CharField:
    """Text of several lines."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)
