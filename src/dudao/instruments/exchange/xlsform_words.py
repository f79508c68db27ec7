"""Texts, keys and choices of an XLSForm as an instrument has them."""

import re
from typing import Any

from dudao.imports.fields import as_text
from dudao.instruments.exchange.parsed import Line
from dudao.instruments.exchange.xlsform import YES_NO_WORDS

_IS_CHINESE = re.compile("[\u3400-\u9fff]")
_CHINESE = ("zh", ("chinese", "中文", "汉语"))
_ENGLISH = ("en", ("english", "英文", "英语"))
_YES_NO_LABELS = {word.lower() for words in YES_NO_WORDS for word in words} | {"n/a"}
_DEFAULT = "default"  # pyxform's name for a text without a language beside others with one


class Languages:
    """Turns texts in whatever languages into our two. `usual` is the form's default language.

    Where another maker's text has a value in it (`${name}`), a blank is left.
    """

    def __init__(self, usual: str, *, is_ours: bool) -> None:
        self._usual, self._is_ours = usual.lower(), is_ours

    def of(self, said: Any) -> dict[str, str]:
        """A text, or texts by language. One language alone is Chinese if it looks so, else it stands for both."""
        if not said:
            return {}
        by_language = said if isinstance(said, dict) else {_DEFAULT: said}
        by_language = {str(name).lower(): self._plain(text) for name, text in by_language.items()}
        zh, en = _in(by_language, *_CHINESE), _in(by_language, *_ENGLISH)
        plain = by_language.get(_DEFAULT, "")
        if not zh and not en:
            text = by_language.get(self._usual) or plain or next(iter(by_language.values()))
            return {"zh": text} if _IS_CHINESE.search(text) else {"zh": text, "en": text}
        if plain and not zh and _IS_CHINESE.search(plain):
            zh = plain
        return {"zh": zh or en} | ({"en": en} if en else {})

    def _plain(self, text: Any) -> str:
        return as_text(str(text)) if self._is_ours else as_text(_VALUE.sub("____", str(text)))


_VALUE = re.compile(r"\$\{[^}]*\}")


def _in(by_language: dict[str, str], code: str, names: tuple[str, ...]) -> str:
    """The text whose language is named by its code, alone or in brackets, or by its name."""
    for language, text in by_language.items():
        codes = re.findall(r"[a-z]+", language)
        if (f"({code}" in language or codes[:1] == [code]) or any(name in language for name in names):
            return text
    return ""


def new_key(name: str, taken: set[str]) -> str:
    """A name as a key of ours that is not taken yet."""
    key = re.sub(r"[^a-z0-9_]", "_", name.lower())[:50]
    return _free(key if re.match("[a-z]", key) else f"q{key}", taken)


def choices_of(rows: list[Line], words: Languages) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The choices of a list, and their keys by the names the form calls them by."""
    names: dict[str, str] = {}
    choices = []
    for row in rows:
        name = str(row.values.get("name", ""))
        if name not in names:
            key = re.sub(r"[^a-z0-9_-]", "_", name.lower())[:50]
            names[name] = _free(key if re.match("[a-z]", key) else f"c{key}", set(names.values()))
            label = words.of(row.values.get("label")) or {"zh": name, "en": name}
            choices.append({"key": names[name], "label": label})
    return choices, names


def is_yes_no(rows: list[Line], words: Languages) -> bool:
    """A list of yes and no, perhaps not applicable, that says nothing else."""
    names = {str(row.values.get("name", "")).lower() for row in rows}
    labels = {text.lower() for row in rows for text in words.of(row.values.get("label")).values()}
    return names in ({"yes", "no"}, {"yes", "no", "na"}) and labels <= _YES_NO_LABELS


def _free(key: str, taken: set[str]) -> str:
    number, free = 2, key
    while free in taken:
        free, number = f"{key}_{number}", number + 1
    return free
