"""Finding schools, inspectors, problems and documents by name, pinyin initials, number or a piece of their text.

Each kind is asked through what the person may see, and counted no further than is of use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dudao.documents.queries import documents_visible_to
from dudao.findings.models import Finding
from dudao.inspectors.models import Inspector
from dudao.office.lists import units_visible_to
from dudao.people.models import User
from dudao.people.queries import accounts_visible_to
from dudao.ui.lists.filters import Rows

SHOWN = 8
MOST_COUNTED = 100


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `count` goes up to MOST_COUNTED; `all_url` is the list with the same words."""

    key: str
    title: Any
    rows: Sequence[Any]
    count: int
    all_url: str = ""

    @property
    def count_in_words(self) -> str:
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def found(user: User, text: str) -> list[Group]:
    """The kinds of which something was found; nothing for no words."""
    if not text:
        return []
    groups = [
        _units(user, text),
        _inspectors(user, text),
        _findings(user, text),
        _documents(user, text),
        _people(user, text),
    ]
    return [one for one in groups if one.rows]


def _group(key: str, title: Any, rows: Rows, url_name: str = "", **query: str) -> Group:
    shown = list(rows[:SHOWN])
    count = len(shown) if len(shown) < SHOWN else rows[: MOST_COUNTED + 1].count()
    return Group(key, title, shown, count, f"{reverse(url_name)}?{urlencode(query)}" if url_name else "")


def _units(user: User, text: str) -> Group:
    rows = units_visible_to(user) if user.can("unit.view") else units_visible_to(user).none()
    match = Q(name__icontains=text) | Q(initials__contains=text.lower()) | Q(code__iexact=text)
    return _group(
        "unit", _("学校和机构"), rows.filter(match).order_by("-is_open", "name", "pk"), "office:units", q=text
    )


def _inspectors(user: User, text: str) -> Group:
    rows = Inspector.objects.visible_to(user) if user.can("inspector.view") else Inspector.objects.none()
    match = Q(user__name__icontains=text) | Q(user__certificate_no__iexact=text)
    rows = rows.filter(match).select_related("user", "region").order_by("left_on", "user__name", "pk")
    return _group("inspector", _("督学"), rows, "inspectors:list", q=text)


def _findings(user: User, text: str) -> Group:
    """By number, by its text, or by the school it is about."""
    match = Q(number__icontains=text) | Q(wording__icontains=text) | Q(unit__name__icontains=text)
    rows = (
        Finding.objects.visible_to(user).filter(match).select_related("unit").order_by("-recorded_at", "pk")
    )
    return _group("finding", _("问题"), rows, "findings:ledger", q=text, state="")


def _documents(user: User, text: str) -> Group:
    rows = documents_visible_to(user).filter(Q(number__icontains=text) | Q(title__icontains=text))
    return _group("document", _("文书"), rows)


def _people(user: User, text: str) -> Group:
    """Accounts, for those who look after them."""
    rows = accounts_visible_to(user, text) if user.can("account.view") else User.objects.none()
    return _group("person", _("账号"), rows)
