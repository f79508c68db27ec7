"""What people type when they move a problem."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dudao.findings import handling
from dudao.findings.models import Finding, Petition
from dudao.findings.states import CLOSED, Decision, PetitionKind, Severity, State
from dudao.findings.step_rows import Rows, StepsField
from dudao.people.models import User
from dudao.places.models import NOT_SCHOOLS

METHODS = [("material", _("材料核查")), ("on_site", _("实地核查")), ("interview", _("访谈核查"))]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; gives a list of uploaded files. `is_photo` says how they are stored."""

    is_photo = False
    accept = ".pdf,.docx,.xlsx,.pptx,.doc,.xls,.wps,.ofd"

    def __init__(self, **options: Any) -> None:
        widget = ManyFiles(attrs={"accept": self.accept, "class": "form-control", "multiple": True})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in files]


class PhotosField(FilesField):
    """Several pictures at once."""

    is_photo = True
    accept = "image/*"


class PlainForm(forms.Form):
    """A form that says in plain words what a field lacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写这一项。")
            for validator in field.validators:
                if isinstance(validator, MaxLengthValidator):
                    validator.message = _("最多 %(limit_value)d 字，现在 %(show_value)d 字，请删减。")


class SeenForm(PlainForm):
    """Every move says what the person saw, so that a move on an older picture is refused."""

    seen_state = forms.ChoiceField(choices=State.choices, widget=forms.HiddenInput)
    seen_round = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, finding: Finding | None = None, user: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if finding is not None and user is not None:
            self.about(finding, user)

    def about(self, finding: Finding, user: User) -> None:
        """Offer what can be chosen for this problem."""


def _area(rows: int, placeholder: Any = "") -> forms.Textarea:
    # No maxlength in the page: it would cut pasted text without a word; the server says how much is too much.
    return forms.Textarea(attrs={"rows": rows, "class": "form-control", "placeholder": placeholder})


class _Text(forms.CharField):
    """A text whose length limit stays with the server."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


def _line(placeholder: Any = "") -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "placeholder": placeholder})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class _Day(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": "form-control", "type": "date"})
        super().__init__(
            widget=widget, error_messages={"invalid": _("请填写日期，如 2026-09-01。")}, **options
        )


class _One(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of rows that `about` sets; a choice that is not among them is told plainly."""

    def __init__(self, **options: Any) -> None:
        invalid = {"invalid_choice": _("请从列表中选择。")}
        super().__init__(queryset=None, widget=_select(), error_messages=invalid, **options)


class NoteForm(SeenForm):
    note = _Text(label=_("说明"), required=False, max_length=4000, widget=_area(2))


class ReasonForm(SeenForm):
    note = _Text(label=_("原因"), max_length=4000, widget=_area(3))


class ReferForm(SeenForm):
    unit = _One(label=_("有账号的部门"), required=False, empty_label=_("没有账号，在下面填写名称"))
    department = _Text(
        label=_("转办部门"), max_length=100, required=False, widget=_line(_("如：基建财务科、安全科"))
    )
    answer_by = _Day(label=_("办理期限"), required=False, help_text=_("不填按规定的期限。"))
    note = _Text(label=_("说明"), required=False, max_length=4000, widget=_area(2))

    def about(self, finding: Finding, user: User) -> None:
        self.fields["unit"].queryset = handling.reachable(user).filter(  # type: ignore[attr-defined]
            kind__in=NOT_SCHOOLS
        )


class ReassignForm(SeenForm):
    unit = _One(label=_("改由哪个单位整改"))
    note = _Text(label=_("理由"), max_length=4000, widget=_area(3))

    def about(self, finding: Finding, user: User) -> None:
        others = handling.reachable(user).exclude(pk=finding.unit_id)
        self.fields["unit"].queryset = others  # type: ignore[attr-defined]


class AnswerForm(SeenForm):
    note = _Text(label=_("办理结果"), max_length=4000, widget=_area(3))


class StartForm(SeenForm):
    measures = _Text(label=_("整改措施"), max_length=4000, widget=_area(4))
    person_in_charge = _Text(label=_("责任人"), max_length=60, widget=_line())


class ReportForm(SeenForm):
    text = _Text(label=_("整改情况"), max_length=4000, widget=_area(5))
    before = PhotosField(label=_("整改前照片"), help_text=_("督学现场拍摄的照片已附在问题里，可不再上传。"))
    after = PhotosField(label=_("整改后照片"), help_text=_("至少一张。可一次选择多张。"))
    papers = FilesField(label=_("其他材料"), help_text=_("可上传 PDF、Word、Excel 等文件。"))


class WriteForm(ReportForm):
    """One's own part; the head's report is put together from all of them."""


class PeopleForm(SeenForm):
    to = _One(label=_("经办人"))

    def about(self, finding: Finding, user: User) -> None:
        people = [one.pk for one in handling.people_of(finding.unit)]
        self.fields["to"].queryset = User.objects.filter(pk__in=people)  # type: ignore[attr-defined]


class AssignForm(SeenForm):
    to = _One(label=_("核查人"))

    def about(self, finding: Finding, user: User) -> None:
        people = [one.pk for one in handling.may_verify(finding.unit)]
        self.fields["to"].queryset = User.objects.filter(pk__in=people)  # type: ignore[attr-defined]


class _WithProof(SeenForm):
    photos = PhotosField(label=_("照片"))
    papers = FilesField(label=_("其他材料"), help_text=_("可上传 PDF、Word、Excel 等文件。"))

    field_order = ("seen_state", "seen_round", "owner", "wished_on", "text", "steps", "facts")


class ExtendForm(_WithProof):
    wished_on = _Day(label=_("希望延期至"))
    text = _Text(label=_("延期理由"), max_length=4000, widget=_area(3))


class ObjectForm(_WithProof):
    text = _Text(label=_("异议的事实和理由"), max_length=4000, widget=_area(4))


class DisownForm(_WithProof):
    owner = _Text(
        label=_("应当负责的单位或部门"), max_length=100, widget=_line(_("如：区教育局基建科、镇人民政府"))
    )
    text = _Text(label=_("理由"), max_length=4000, widget=_area(3))


class ProposeForm(_WithProof):
    text = _Text(label=_("为什么需要分步整改"), max_length=4000, widget=_area(3))
    steps = StepsField(
        label=_("节点"), initial=Rows().padded(),
        help_text=_("至少两个，由先到后；空行不计。最后一个节点的日期就是新的整改期限，遇休息日顺延到下一个工作日。"),
    )  # fmt: skip

    def with_another_row(self) -> "ProposeForm":
        """The same, not yet judged, with one more row for a step."""
        typed = {name: self[name].data for name in ("seen_state", "seen_round", "text")}
        rows = Rows(self["steps"].data)
        return ProposeForm(initial=typed | {"steps": rows.padded(more=1)})


class DecideExtensionForm(SeenForm):
    decision = forms.ChoiceField(
        label=_("处理结果"), widget=_select(),
        choices=[("grant", _("同意所申请的日期")), ("shorten", _("同意延期，但日期提前")), ("refuse", _("不同意"))],
    )  # fmt: skip
    until = _Day(label=_("延期至"), required=False, help_text=_("只在日期提前时填写。"))
    reason = _Text(label=_("理由"), required=False, max_length=4000, widget=_area(2))
    wished_on: date | None = None

    def about(self, finding: Finding, user: User) -> None:
        waiting = waiting_petition(finding, [PetitionKind.EXTENSION])
        self.wished_on = waiting.wished_on if waiting else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "shorten" and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _now("请填写同意延期到哪一天。"))
        if data.get("decision") == "grant":
            data["until"] = self.wished_on
        elif data.get("decision") == "refuse":
            data["until"] = None
        return data


class DecidePlanForm(SeenForm):
    agreed = forms.ChoiceField(
        label=_("处理结果"), widget=_select(), choices=[("1", _("同意")), ("0", _("不同意"))]
    )
    note = _Text(label=_("理由"), required=False, max_length=4000, widget=_area(2))


class AmendForm(SeenForm):
    wording = _Text(label=_("更正后的问题描述"), max_length=4000, widget=_area(3))
    severity = forms.ChoiceField(label=_("严重程度"), choices=Severity.choices, widget=_select())
    requirement = _Text(label=_("整改要求"), required=False, max_length=4000, widget=_area(2))
    note = _Text(label=_("理由"), max_length=4000, widget=_area(2))


class MergeForm(SeenForm):
    lead = _One(label=_("以哪个问题为主"))
    note = _Text(label=_("说明"), required=False, max_length=4000, widget=_area(2))

    def about(self, finding: Finding, user: User) -> None:
        others = Finding.objects.visible_to(user, "finding.issue").filter(unit=finding.unit)
        field = self.fields["lead"]
        field.queryset = others.exclude(pk=finding.pk).exclude(state__in=CLOSED)  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.number} {one.wording[:40]}"  # type: ignore[attr-defined]


class VerifyForm(SeenForm):
    method = forms.ChoiceField(label=_("核查方式"), choices=METHODS, widget=_select())
    facts = _Text(label=_("核查情况"), max_length=4000, widget=_area(3))
    photos = PhotosField(label=_("核查照片"))


class PartForm(VerifyForm):
    facts = _Text(label=_("哪些已完成，哪些要继续整改"), max_length=4000, widget=_area(3))


class StepReportForm(PlainForm):
    text = _Text(label=_("完成情况"), max_length=4000, widget=_area(3))
    photos = PhotosField(label=_("照片"))
    papers = FilesField(label=_("其他材料"))


class StepVerifyForm(PlainForm):
    outcome = forms.ChoiceField(
        label=_("核查结果"), widget=_select(),
        choices=[("pass", _("通过")), ("part", _("部分通过，其余继续整改")), ("return", _("退回"))],
    )  # fmt: skip
    facts = _Text(label=_("核查情况"), max_length=4000, widget=_area(2))


def waiting_petition(finding: Finding, kinds: Sequence[str] = tuple(PetitionKind)) -> Petition | None:
    """What the unit asked and nobody has decided."""
    return finding.petitions.filter(decision=Decision.PENDING, kind__in=kinds).order_by("-asked_at").first()


FORMS: dict[str, type[SeenForm]] = {
    "issue": NoteForm,
    "refer": ReferForm,
    "answer": AnswerForm,
    "receive": SeenForm,
    "start": StartForm,
    "report": ReportForm,
    "write": WriteForm,
    "hand": PeopleForm,
    "extend": ExtendForm,
    "propose": ProposeForm,
    "object": ObjectForm,
    "disown": DisownForm,
    "decide_extension": DecideExtensionForm,
    "decide_plan": DecidePlanForm,
    "allow": ReasonForm,
    "reject": ReasonForm,
    "amend": AmendForm,
    "uphold": ReasonForm,
    "reassign": ReassignForm,
    "verify": VerifyForm,
    "part": PartForm,
    "return": VerifyForm,
    "sign_off": NoteForm,
    "refuse": ReasonForm,
    "send_back": ReasonForm,
    "pause": ReasonForm,
    "resume": NoteForm,
    "assign": AssignForm,
    "merge": MergeForm,
    "withdraw": ReasonForm,
}
