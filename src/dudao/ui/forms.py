"""Forms as the office's pages show them: Tabler's classes, day pickers, errors that say what to do."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.kernel.errors import DudaoError, StaleState


class OfficeForm(forms.Form):
    """A form whose fields look and speak like all others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form."""
        return 422 if self.errors else 200


class Difference(NamedTuple):
    """A field somebody else changed while the form was being filled in, in words."""

    label: str
    theirs: str
    yours: str


class KeptForm(OfficeForm):
    """A form over what is `stored` (field → value; None while nothing is, which is never stale).

    It carries what the person saw. Where somebody else has changed that since, and differently, it is refused once:
    `theirs` says what became of each field, and what was typed can be sent again, now knowingly.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stored: Mapping[str, Any] | None, **kwargs: Any) -> None:
        kwargs["initial"] = {**(kwargs.get("initial") or {}), **(stored or {})}
        super().__init__(*args, **kwargs)
        self._stored = stored or {}
        self.theirs: list[Difference] = []
        self._was_late = False
        if stored is None:
            del self.fields["seen"]
        else:
            self.fields["seen"].initial = self._now

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        seen = found.pop("seen", "")
        if seen:
            self.theirs = list(self._differences(_read(seen)))
        if self.theirs:
            typed = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, which keeps several values of a field
            typed[self.add_prefix("seen")] = self._now()
            self.data = typed
            self.add_error(
                None, _("刚刚有人改动了这里的内容，还没有保存。您填写的内容还在，请对照后再提交。")
            )
        return found

    def blame(self, error: DudaoError) -> None:
        """Show what a service refused, at its field if it names one."""
        field = error.details.get("field")
        self.add_error(field if field in self.fields else None, str(error.message))
        self._was_late = isinstance(error, StaleState)

    @property
    def status(self) -> int:
        return StaleState.status if self.theirs or self._was_late else super().status

    def _now(self) -> str:
        """What is stored in the fields, as text to compare by."""
        held = {
            name: _plain(self.fields[name], value)
            for name, value in self._stored.items()
            if name in self.fields
        }
        return json.dumps(held, ensure_ascii=False)

    def _differences(self, seen: dict[str, Any]) -> Iterator[Difference]:
        for name, now in _read(self._now()).items():
            field, stored, typed = self.fields[name], self._stored[name], self[name].data
            if seen.get(name, "") != now and field.has_changed(stored, typed):
                yield Difference(str(field.label), _shown(field, stored), _shown(field, typed))


def _plain(field: forms.Field, value: Any) -> Any:
    value = field.prepare_value(value)
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    return "" if value is None else str(value)


def _read(seen: str) -> dict[str, Any]:
    """What a form carried; nothing if it is not what we wrote."""
    try:
        held = json.loads(seen)
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _shown(field: forms.Field, value: Any) -> str:
    """A value in the words of its field."""
    if isinstance(field, forms.BooleanField):
        return str(_("是") if value else _("否"))
    words = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    several = value if isinstance(value, list | tuple) else [value]
    return _("、").join(words.get(str(one), str(one)) for one in several if one not in (None, "")) or "—"


def dress(field: forms.Field) -> None:
    """Give one field its looks and words."""
    widget = field.widget
    # It would cut pasted text without a word; the server says how much is too much, and keeps what was typed.
    widget.attrs.pop("maxlength", None)
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
        field.error_messages["min_value"] = _("请填写不小于 %(limit_value)s 的数。")
        field.error_messages["max_value"] = _("请填写不大于 %(limit_value)s 的数。")
    if isinstance(field, forms.ChoiceField):
        field.error_messages["invalid_choice"] = _("请从列表中选择。")


def day(**options: Any) -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def lines(rows: int, **options: Any) -> forms.CharField:
    """Text of several lines."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)
