"""Pinyin initials of names, by which people look for them."""

from typing import Any

from django.db import models


def initials(name: str) -> str:
    """Pinyin initials of a name, for search: 株洲市 → zzs."""
    # Measured: the dictionary costs every process that loads it 57 MiB; most processes never name anybody.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:100]


class InitialsField(models.CharField):  # type: ignore[type-arg]
    """The initials of the row's field `of`, written whenever the row is: saved or made in bulk. An `update` names both."""

    def __init__(self, *, of: str = "", **options: Any) -> None:
        options |= {"max_length": 100, "editable": False, "blank": True, "default": "", "db_default": ""}
        super().__init__(**options)
        self.of = of

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        found = initials(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, found)
        return found

    def deconstruct(self) -> Any:
        """For a migration it is a plain text."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.CharField", arguments, options
