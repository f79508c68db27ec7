"""Finding schools, inspectors, problems, visits and documents by name, pinyin initials, number or a piece of their text.

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
from dudao.findings.queries import ways_to_find_problem
from dudao.inspections.models import Visit
from dudao.inspections.queries import ways_to_find_visit
from dudao.inspectors.models import Inspector
from dudao.office.lists import units_visible_to
from dudao.people.models import User
from dudao.people.queries import accounts_visible_to
from dudao.ui.lists.filters import Rows
from dudao.ui.lists.looking import keys_found, ways_to_hold

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
        _visits(user, text),
        _documents(user, text),
        _people(user, text),
    ]
    return [one for one in groups if one.rows]


def _group(key: str, title: Any, rows: Rows, ways: Sequence[Q], url_name: str = "", **query: str) -> Group:
    """Looked for once: the keys found are counted, the first of them shown."""
    keys = keys_found(rows, ways, MOST_COUNTED + 1)
    shown = list(rows.filter(pk__in=keys[:SHOWN])) if keys else []
    return Group(key, title, shown, len(keys), f"{reverse(url_name)}?{urlencode(query)}" if url_name else "")


def _units(user: User, text: str) -> Group:
    rows = units_visible_to(user) if user.can("unit.view") else units_visible_to(user).none()
    ways = ways_to_hold(text, ("name__holds", "initials__holds", "code__iexact"))
    rows = rows.order_by("-is_open", "name", "pk")
    return _group("unit", _("学校和机构"), rows, ways, "office:units", q=text)


def _inspectors(user: User, text: str) -> Group:
    rows = Inspector.objects.visible_to(user) if user.can("inspector.view") else Inspector.objects.none()
    ways = ways_to_hold(text, ("user__name__holds", "user__initials__holds", "user__certificate_no__iexact"))
    rows = rows.select_related("user", "region").order_by("left_on", "user__name", "pk")
    return _group("inspector", _("督学"), rows, ways, "inspectors:list", q=text)


def _findings(user: User, text: str) -> Group:
    """By number, by its text, by the school it is about or by who found it."""
    rows = Finding.objects.visible_to(user).select_related("unit").order_by("-recorded_at", "pk")
    return _group("finding", _("问题"), rows, ways_to_find_problem(text), "findings:ledger", q=text, state="")


def _visits(user: User, text: str) -> Group:
    """By school and by everybody who took part."""
    rows = (
        Visit.objects.visible_to(user).select_related("inspector").prefetch_related("joint__parts__inspector")
    )
    rows = rows.order_by("-started_at", "-pk")
    return _group("visit", _("督导记录"), rows, ways_to_find_visit(text), "inspections:list", q=text)


def _documents(user: User, text: str) -> Group:
    return _group(
        "document",
        _("文书"),
        documents_visible_to(user),
        ways_to_hold(text, ("number__holds", "title__holds")),
    )


def _people(user: User, text: str) -> Group:
    """Accounts, for those who look after them."""
    rows = accounts_visible_to(user) if user.can("account.view") else User.objects.none()
    ways = ways_to_hold(text, ("name__holds", "initials__holds", "username__holds"))
    return _group("person", _("账号"), rows, ways)
