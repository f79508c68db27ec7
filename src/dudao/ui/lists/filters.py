"""What a list's address may ask for, and how that narrows its rows. What makes no sense is ignored and told."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.kernel.text import clean
from dudao.ui.lists.looking import any_of, ways_to_hold

Rows = QuerySet[Any]
Options = Sequence[tuple[str, Any]]  # value and label; or the name of a group and its options
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass
class Asked:
    """A filter as this address uses it: what its control shows, and the rows it leaves."""

    filter: "Filter"
    value: str = ""
    until: str = ""  # the second day of a span
    options: Options = ()
    narrow: Callable[[Rows], Rows] | None = None
    ways: Sequence[Q] = ()  # of a text: the ways a row may hold it
    is_broken: bool = False
    word: str = ""  # what it asks for is called, where `options` do not say so
    first: str = ""  # of a choice in two steps: what was chosen first
    first_options: Options = ()

    @property
    def is_chosen(self) -> bool:
        """Somebody has narrowed the list by it; how it begins does not count."""
        return self.narrow is not None and bool(self.value != self.filter.begins or self.until or self.first)

    @property
    def in_words(self) -> str:
        """What it asks for, as a line on paper says it."""
        label = str(self.filter.label)
        if self.filter.control == "switch":
            return label
        if self.filter.control == "search":
            return _("搜索“%(text)s”") % {"text": self.value}
        named = {str(key): str(word) for key, word in self.options}
        what = self.word or named.get(self.value, self.value)
        if self.filter.control == "days":
            what = f"{self.value or '…'} – {self.until or '…'}"
        return _("%(label)s：%(what)s") % {"label": label, "what": what}


@dataclass(frozen=True)
class Filter(ABC):
    """One control above a list. `key` is its name in the address. What `is_folded` stands under "more filters"."""

    key: str
    label: Any
    is_folded: bool = field(default=False, kw_only=True)
    control: ClassVar[str]

    @property
    def begins(self) -> str:
        """Its value while the address says nothing."""
        return ""

    @abstractmethod
    def ask(self, query: QueryDict, user: Any) -> Asked: ...

    def names(self, asked: Asked, values: Collection[str]) -> Mapping[str, str]:
        """How `values` that rows have are called, in the order in which they are offered."""
        return dict(asked.options)

    @property
    def cleared(self) -> str:
        """What the address says when this filter is to leave all rows; usually nothing."""
        return ""


@dataclass(frozen=True)
class Search(Filter):
    """Free text, found by any of `lookups`, or in any of the ways that `find` has for it."""

    lookups: tuple[str, ...] = ()
    find: Callable[[str], list[Q]] | None = None
    control = "search"

    def ask(self, query: QueryDict, user: Any) -> Asked:
        text = clean(query.get(self.key, ""))[:100]
        if not text:
            return Asked(self)
        ways = self.find(text) if self.find else ways_to_hold(text, self.lookups)
        return Asked(self, text, narrow=lambda rows: rows.filter(any_of(ways)), ways=ways)


@dataclass(frozen=True)
class Choice(Filter):
    """One of `options(user)`. `narrow(rows, value)` applies it; without, the rows' field `key` equals it."""

    all_label: Any
    options: Callable[[Any], Options]
    narrow: Callable[[Rows, str], Rows] | None = None
    initial: str | Callable[[], str] = (
        ""  # chosen while the address says nothing; "" in the address is then all
    )
    control = "choice"

    @property
    def begins(self) -> str:
        return self.initial() if callable(self.initial) else self.initial

    def ask(self, query: QueryDict, user: Any) -> Asked:
        options = list(self.options(user))
        value = query.get(self.key, self.begins)
        if value and value not in [key for key, _label in options]:
            return Asked(self, options=options, is_broken=True)
        narrow = self.narrow or (lambda rows, chosen: rows.filter(**{self.key: chosen}))
        return Asked(self, value, "", options, (lambda rows: narrow(rows, value)) if value else None)

    @property
    def cleared(self) -> str:
        return f"{self.key}=" if self.begins else ""


@dataclass(frozen=True)
class One(Filter):
    """One thing that a link elsewhere names, such as a school: `named(user, key)` is its name, nothing if there is none.
    It has no control; while it narrows, its name stands above the list."""

    named: Callable[[Any, str], str | None]
    lookup: str
    control = "one"

    def ask(self, query: QueryDict, user: Any) -> Asked:
        value = query.get(self.key, "")
        name = self.named(user, value) if value else None
        if name is None:
            return Asked(self, is_broken=bool(value))
        return Asked(self, value, "", [(value, name)], lambda rows: rows.filter(**{self.lookup: value}))


@dataclass(frozen=True)
class Switch(Filter):
    """A box to tick."""

    narrow: Callable[[Rows], Rows]
    control = "switch"

    def ask(self, query: QueryDict, user: Any) -> Asked:
        value = query.get(self.key, "")
        if value not in ("", "1"):
            return Asked(self, is_broken=True)
        return Asked(self, value, narrow=self.narrow if value else None)


@dataclass(frozen=True)
class Month(Filter):
    """One calendar month of `lookup`, a moment."""

    lookup: str
    control = "month"

    def ask(self, query: QueryDict, user: Any) -> Asked:
        value = query.get(self.key, "")
        first = _day(f"{value}-01")
        if not value or first is None:
            return Asked(self, is_broken=bool(value))
        until = (first + timedelta(days=31)).replace(day=1)
        span = Q(**{f"{self.lookup}__gte": _midnight(first), f"{self.lookup}__lt": _midnight(until)})
        return Asked(self, value, narrow=lambda rows: rows.filter(span))


@dataclass(frozen=True)
class Days(Filter):
    """From one day to another, both included and either left open, of `lookup`: a moment, or a plain date."""

    lookup: str
    is_date: bool = field(default=False, kw_only=True)
    control = "days"
    from_label = gettext_lazy("从")
    until_label = gettext_lazy("到")

    def ask(self, query: QueryDict, user: Any) -> Asked:
        asked, span = Asked(self), Q()
        for name, operator in (("from", "gte"), ("until", "lt")):
            text = query.get(f"{self.key}_{name}", "")
            on = _day(text)
            if not text or on is None:
                asked.is_broken |= bool(text)
                continue
            edge = on + timedelta(days=name == "until")
            span &= Q(**{f"{self.lookup}__{operator}": edge if self.is_date else _midnight(edge)})
            if name == "from":
                asked.value = text
            else:
                asked.until = text
        if span:
            asked.narrow = lambda rows: rows.filter(span)
        return asked


def _day(text: str) -> date | None:
    """The day `text` names, within the years the product knows."""
    try:
        on = parse_date(text)
    except ValueError:
        return None
    return on if on and _FIRST <= on <= _LAST else None


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
