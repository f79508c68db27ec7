"""The lists of words: added to, renamed, hidden, ordered; never shortened, since old records name what is in them."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dudao.journal import services as journal
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.rules.access import may_keep_words
from dudao.rules.models import Word, WordKind

FIXED = frozenset({WordKind.SEVERITY})
"""Lists whose entries the program itself relies on: they may be renamed, and nothing else."""


@transaction.atomic
def add_word(kind: WordKind, *, zh: str, en: str, by: User) -> Word:
    """One more entry at the end of a list. Its key says which list it belongs to and never changes."""
    _check(by)
    if kind in FIXED:
        raise Invalid(_("这个列表的项目由系统固定，只能改名。"))
    zh, en = clean(zh), clean(en)
    _is_new(kind, zh)
    rows = Word.objects.filter(kind=kind)
    taken = set(rows.values_list("key", flat=True))
    number = len(taken) + 1
    while _key(kind, number) in taken:
        number += 1
    last = rows.aggregate(last=Max("position"))["last"]
    word = Word.objects.create(
        kind=kind, key=_key(kind, number), zh=zh, en=en, position=0 if last is None else last + 1
    )
    journal.record("word.add", by=by, obj=word, label=f"{kind.label}：{zh}", after={"zh": zh, "en": en})
    return word


@transaction.atomic
def change_word(word: Word, *, zh: str, en: str, is_active: bool, by: User) -> None:
    """Rename an entry, or hide it from those who choose, or show it again. Old records then show the new name.

    Raises Invalid for a name that is taken, or StaleState if somebody was faster.
    """
    _check(by)
    kind = WordKind(word.kind)
    zh, en = clean(zh), clean(en)
    if kind in FIXED and not is_active:
        raise Invalid(_("这个列表的项目由系统固定，只能改名。"))
    if zh != word.zh:
        _is_new(kind, zh)
    if not is_active and not Word.objects.filter(kind=kind, is_active=True).exclude(pk=word.pk).exists():
        raise Invalid(_("列表里至少要保留一项。"))
    before = {"zh": word.zh, "en": word.en, "is_active": word.is_active}
    after = {"zh": zh, "en": en, "is_active": is_active}
    if before == after:
        return
    if not Word.objects.filter(pk=word.pk, **before).update(**after):
        raise StaleState(_("刚刚有人改动了这一项，请刷新页面。"))
    journal.record("word.change", by=by, obj=word, label=f"{kind.label}：{zh}", before=before, after=after)


@transaction.atomic
def move_word(word: Word, *, is_up: bool, by: User) -> None:
    """One place up or down in its list."""
    _check(by)
    keys = list(Word.objects.filter(kind=word.kind).values_list("key", flat=True))
    at = keys.index(word.key)
    to = at - 1 if is_up else at + 1
    if not 0 <= to < len(keys):
        return
    keys[at], keys[to] = keys[to], keys[at]
    for position, key in enumerate(keys):
        Word.objects.filter(kind=word.kind, key=key).update(position=position)
    journal.record(
        "word.move", by=by, obj=word, label=f"{WordKind(word.kind).label}：{word.zh}", after={"position": to}
    )


def _check(by: User) -> None:
    if not may_keep_words(by):
        raise Forbidden(_("字典由系统管理员，或管辖全部学校的督导办维护。"))


def _is_new(kind: WordKind, zh: str) -> None:
    if Word.objects.filter(kind=kind, zh=zh).exists():
        raise Invalid(_("列表里已有“%(word)s”。它可能被隐藏了，可以恢复显示。") % {"word": zh}, field="zh")


def _key(kind: WordKind, number: int) -> str:
    return f"T{number}" if kind is WordKind.THEME else f"{kind.value}_{number}"
