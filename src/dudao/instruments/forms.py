"""What people say when they begin an instrument."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.instruments import drafts
from dudao.instruments.definitions import Words
from dudao.instruments.models import Draft, Version
from dudao.people.models import User
from dudao.places.models import Region
from dudao.ui.forms import OfficeForm


class NewForm(OfficeForm):
    """Whose, called what, and from what text."""

    title = forms.CharField(label=_("名称"), max_length=120, help_text=_("例如：校园食品安全专项检查表"))
    level = forms.ChoiceField(label=_("哪一级使用"), help_text=_("本级和下级的督学都能使用。"))
    source = forms.ChoiceField(
        label=_("从哪里开始"), required=False, help_text=_("可以从已有量表复制，再按本地要求增删。")
    )

    def __init__(
        self, *args: Any, levels: Sequence[Region], sources: Sequence[Version], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._levels = {region.code: region for region in levels}
        self._sources = {version.hash: version for version in sources}
        level, source = self.fields["level"], self.fields["source"]
        assert isinstance(level, forms.ChoiceField)
        assert isinstance(source, forms.ChoiceField)
        level.choices = [(code, region.name) for code, region in self._levels.items()]
        if len(self._levels) == 1:
            level.widget = forms.HiddenInput()
            level.initial = next(iter(self._levels))
        source.choices = [
            ("", str(_("空白量表"))),
            *((version.hash, version.title) for version in sources),
        ]

    def begin(self, *, by: User) -> Draft:
        """The draft."""
        region = self._levels[self.cleaned_data["level"]]
        title = Words(zh=self.cleaned_data["title"])
        source = self._sources.get(self.cleaned_data["source"])
        if source is None:
            return drafts.create(
                msgspec.structs.replace(drafts.blank(region), title=title), region=region, by=by
            )
        return drafts.copy(source, title=title, region=region, by=by)
