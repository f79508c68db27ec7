"""What people type when they move a problem."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from dudao.findings.states import State

METHODS = [("material", _("材料核查")), ("on_site", _("实地核查")), ("interview", _("访谈核查"))]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures at once; gives a list of uploaded files."""

    def __init__(self, **options: Any) -> None:
        widget = ManyFiles(attrs={"accept": "image/*", "class": "form-control", "multiple": True})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(one, initial) for one in files]


class SeenForm(forms.Form):
    """Every move says what the person saw, so that a move on an older picture is refused."""

    seen_state = forms.ChoiceField(choices=State.choices, widget=forms.HiddenInput)
    seen_round = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写这一项。")
            for validator in field.validators:
                if isinstance(validator, MaxLengthValidator):
                    validator.message = _("最多 %(limit_value)d 字，现在 %(show_value)d 字，请删减。")


def _area(rows: int, placeholder: Any = "") -> forms.Textarea:
    # No maxlength in the page: it would cut pasted text without a word; the server says how much is too much.
    return forms.Textarea(attrs={"rows": rows, "class": "form-control", "placeholder": placeholder})


class _Text(forms.CharField):
    """A text whose length limit stays with the server."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class NoteForm(SeenForm):
    note = _Text(label=_("说明"), required=False, max_length=4000, widget=_area(2))


class ReasonForm(SeenForm):
    note = _Text(label=_("原因"), max_length=4000, widget=_area(3))


class ReferForm(SeenForm):
    department = _Text(
        label=_("转办部门"), max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": _("如：基建财务科、安全科")}),
    )  # fmt: skip
    note = _Text(label=_("说明"), required=False, max_length=4000, widget=_area(2))


class AnswerForm(SeenForm):
    note = _Text(label=_("办理结果"), max_length=4000, widget=_area(3))


class StartForm(SeenForm):
    measures = _Text(label=_("整改措施"), max_length=4000, widget=_area(4))
    person_in_charge = _Text(
        label=_("责任人"), max_length=60, widget=forms.TextInput(attrs={"class": "form-control"})
    )


class ReportForm(SeenForm):
    text = _Text(label=_("整改情况"), max_length=4000, widget=_area(5))
    before = PhotosField(label=_("整改前照片"), help_text=_("督学现场拍摄的照片已附在问题里，可不再上传。"))
    after = PhotosField(label=_("整改后照片"), help_text=_("至少一张。可一次选择多张。"))


class VerifyForm(SeenForm):
    method = forms.ChoiceField(
        label=_("核查方式"), choices=METHODS, widget=forms.Select(attrs={"class": "form-select"})
    )
    facts = _Text(label=_("核查情况"), max_length=4000, widget=_area(3))
    photos = PhotosField(label=_("核查照片"))


FORMS: dict[str, type[SeenForm]] = {
    "refer": ReferForm,
    "answer": AnswerForm,
    "issue": NoteForm,
    "receive": SeenForm,
    "start": StartForm,
    "report": ReportForm,
    "verify": VerifyForm,
    "return": VerifyForm,
    "sign_off": NoteForm,
    "refuse": ReasonForm,
}
