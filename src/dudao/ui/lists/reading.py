"""A list as one address asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from dudao.ui.lists import saved
from dudao.ui.lists.declared import Action, Column, Grouping, Listing
from dudao.ui.lists.filters import Asked, Rows
from dudao.ui.lists.looking import count_found, keys_found

COLUMNS = "columns"
MOST_COUNTED = (
    5_000  # more than all problems of a county in three years; beyond, who looks for one row narrows the list
)
MOST_FOUND = 500  # by a text, which is compared letter by letter; who looks for one row writes more of it
CARDS = 6
MOST_PRINTED = 1_000  # rows; some forty sheets of paper
GROUP = "group"
_OF_THE_MOMENT = ("page", "export", "print")  # of an address, what nobody keeps


class Cell(NamedTuple):
    """`text` is shown where the column has no template."""

    column: Column
    text: Any


class Line(NamedTuple):
    row: Any
    cells: list[Cell]


class Lane(NamedTuple):
    """The rows of one value of a grouping, the first of them as cards; `url` is the list narrowed to them."""

    label: Any
    total: int
    url: str
    lines: list[Line]


class Kept(NamedTuple):
    """A part of the address that a form must carry on."""

    name: str
    value: str


class Order(NamedTuple):
    value: str
    label: str
    is_chosen: bool


class CappedPaginator(Paginator[Any]):
    """Counts no further than `most`, so that a filter that millions of rows match stays quick; who wants what lies beyond
    narrows the list, turns its order round, or exports it.

    Where a text is looked for, `ways` are those in which a row may hold it. What fills no page is counted with it; what
    does is counted in no order, which is many times cheaper than putting hundreds of rows in order to show twenty.
    A page is read by its keys: an index gives those of the rows before it too, which need not be read.
    """

    def __init__(self, rows: Rows, per_page: int, *, ways: Sequence[Q] = ()) -> None:
        super().__init__(rows, per_page)
        self._rows, self._ways = rows, ways
        self.most = MOST_FOUND if ways else MOST_COUNTED

    @cached_property
    def _first(self) -> list[Any]:
        """Of a search: the keys of the first page, and one more where there is more."""
        return keys_found(self._rows, self._ways, self.per_page + 1)

    @cached_property
    def _counted(self) -> int:
        if not self._ways:
            return self._rows.order_by()[: self.most + 1].count()  # in order, it would sort them all first
        if len(self._first) <= self.per_page:
            return len(self._first)
        return count_found(self._rows, self._ways, self.most + 1)

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.most)

    @property
    def is_capped(self) -> bool:
        return self._counted > self.most

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        return Page(self._rows.filter(pk__in=self._keys(first, last)), number, self)

    def _keys(self, first: int, last: int) -> list[Any]:
        if not self._ways:
            return list(self._rows.values_list("pk", flat=True)[first:last])
        return (self._first if first == 0 else keys_found(self._rows, self._ways, last))[first:last]


@dataclass
class View:
    """One person's look at a list. Unknown parts of the address are named in `ignored` and change nothing."""

    listing: Listing
    request: HttpRequest

    @property
    def query(self) -> QueryDict:
        return self.request.GET

    @cached_property
    def asked(self) -> list[Asked]:
        return [one.ask(self.query, self.request.user) for one in self.listing.filters]

    @property
    def searches(self) -> list[Asked]:
        """What is typed; on a phone the rest is folded away."""
        return [one for one in self.asked if one.filter.control == "search"]

    @property
    def others(self) -> list[Asked]:
        return [one for one in self.asked if one.filter.control != "search" and not one.filter.is_folded]

    @property
    def folded(self) -> list[Asked]:
        """What few ask for; it stands open while it narrows."""
        return [one for one in self.asked if one.filter.is_folded]

    @property
    def is_folded_used(self) -> bool:
        return any(one.narrow for one in self.folded)

    @cached_property
    def sort(self) -> str:
        wanted = self.query.get("sort", "")
        column = self.listing.column(wanted.removeprefix("-"))
        return wanted if column and column.sort else self.listing.sort

    @cached_property
    def columns(self) -> list[Column]:
        """Those shown: of the address, else those remembered by this browser, else the usual ones."""
        known = [one for one in self.listing.columns if one.key in self.chosen_columns]
        return known or [one for one in self.listing.columns if one.is_shown]

    @cached_property
    def chosen_columns(self) -> list[str]:
        if COLUMNS in self.query:
            return [key for text in self.query.getlist(COLUMNS) for key in text.split(",") if key]
        return self.request.COOKIES.get(self.cookie, "").split(".")

    @property
    def cookie(self) -> str:
        return f"dudao_columns_{self.listing.name}"

    @cached_property
    def ignored(self) -> list[str]:
        """What of the address was not understood, in the words of its controls."""
        broken = [str(one.filter.label) for one in self.asked if one.is_broken]
        if self.query.get("sort", self.sort) != self.sort:
            broken.append(_("排序"))
        named = [key for key in self.chosen_columns if key] if COLUMNS in self.query else []
        if any(self.listing.column(key) is None for key in named):
            broken.append(_("显示列"))
        return broken

    @cached_property
    def rows(self) -> Rows:
        return self._narrowed(self.asked)

    def _narrowed(self, by: list[Asked]) -> Rows:
        rows = self.listing.rows(self.request.user)
        for one in by:
            rows = one.narrow(rows) if one.narrow else rows
        column = self.listing.column(self.sort.removeprefix("-"))
        assert column is not None, f"{self.listing.name} sorts by no column of its own: {self.sort=}"
        return rows.order_by(column.order(rows.model, falling=self.sort.startswith("-")), "-pk")

    @cached_property
    def page(self) -> Page[Any]:
        return self._paginator.get_page(self.query.get("page"))

    @cached_property
    def _paginator(self) -> CappedPaginator:
        search = next((one for one in self.searches if one.ways), None)
        rows = self._narrowed([one for one in self.asked if one is not search])
        return CappedPaginator(rows, self.listing.page_size, ways=search.ways if search else ())

    @cached_property
    def lines(self) -> list[Line]:
        return self._lines(list(self.page), self.columns)

    @cached_property
    def printed(self) -> list[Line]:
        """What a print of the list holds: the filtered rows, up to MOST_PRINTED, whatever page is shown."""
        return self._lines(list(self.rows[:MOST_PRINTED]), self.columns)

    @property
    def is_cut_on_paper(self) -> bool:
        return self.is_capped or self._paginator.count > MOST_PRINTED

    @property
    def most_printed(self) -> int:
        return MOST_PRINTED

    @property
    def in_words(self) -> list[str]:
        """Filters and order, as a line on paper says them."""
        order = next((one.label for one in self.orders if one.is_chosen), "")
        return [
            *(one.in_words for one in self.asked if one.narrow),
            *([_("排序：%(order)s") % {"order": order}] if order else []),
        ]

    def _lines(self, rows: list[Any], columns: list[Column]) -> list[Line]:
        self.listing.prepare(rows)
        read = [(one, None if one.template else one.reader()) for one in columns]
        return [Line(row, [Cell(one, of(row) if of else None) for one, of in read]) for row in rows]

    @cached_property
    def grouping(self) -> Grouping | None:
        """How the address wants the rows laid out; nothing for the table."""
        return next((one for one in self.listing.groupings if one.key == self.query.get(GROUP)), None)

    @property
    def is_capped(self) -> bool:
        """More rows than are counted: some can not be reached by turning pages."""
        return self._paginator.is_capped

    @cached_property
    def lanes(self) -> list[Lane]:
        """One lane for each value that occurs, in the order of the filter's choices."""
        by = self.grouping
        if by is None or self.is_capped:
            return []
        counted = self.rows.order_by().values_list(by.field).annotate(lane=Count("pk"))
        counts = {str(value): lane for value, lane in counted}
        names = next((one.filter.names(one, counts) for one in self.asked if one.filter.key == by.key), {})
        order = [key for key in map(str, names) if key in counts]
        keys = order + sorted(counts.keys() - set(order))
        found = [(key, list(self.rows.filter(**{by.field: key})[:CARDS])) for key in keys]
        columns = [one for key in self.listing.card if (one := self.listing.column(key))]
        lines = iter(self._lines([row for _key, rows in found for row in rows], columns))
        return [
            Lane(
                names.get(key, key), counts[key], self._lane_url(by.key, key), list(islice(lines, len(rows)))
            )
            for key, rows in found
        ]

    def _lane_url(self, name: str, value: str) -> str:
        query = self.query.copy()
        for key in (GROUP, *_OF_THE_MOMENT):
            query.pop(key, None)
        query[name] = value
        return f"{self.request.path}?{query.urlencode()}"

    @cached_property
    def actions(self) -> list[Action]:
        """Those this person may use."""
        can: Any = getattr(self.request.user, "can", None)
        return [
            one for one in self.listing.actions if not one.capabilities or any(map(can, one.capabilities))
        ]

    @cached_property
    def is_narrowed(self) -> bool:
        return any(one.narrow for one in self.asked)

    @cached_property
    def is_chosen(self) -> bool:
        """Somebody has narrowed the list; how it begins does not count."""
        return any(one.is_chosen for one in self.asked)

    @cached_property
    def has_nothing_yet(self) -> bool:
        """No row at all, whatever the filters; asked only when none is shown."""
        return not self.is_narrowed or not self.listing.rows(self.request.user).exists()

    @property
    def count_in_words(self) -> str:
        if self.is_capped:
            return _("超过 %(n)s 条") % {"n": self.most_counted}
        return self.listing.counted(self._paginator.count)

    @property
    def most_counted(self) -> str:
        return f"{self._paginator.most:,}"

    @property
    def own_query(self) -> str:
        """The address as somebody may keep it: which page is shown is no part of it."""
        query = self.query.copy()
        for name in _OF_THE_MOMENT:
            query.pop(name, None)
        return query.urlencode()

    @cached_property
    def saved(self) -> list[saved.Saved]:
        return saved.of(self.request, self.listing)

    @property
    def clear_url(self) -> str:
        cleared = "&".join(filter(None, (one.cleared for one in self.listing.filters)))
        return f"{self.request.path}?{cleared}" if cleared else self.request.path

    @property
    def orders(self) -> list[Order]:
        """Every order as a choice, for where the table's head is not shown."""
        return [
            Order(value, label, value == self.sort)
            for one in self.listing.columns
            if one.sort
            for value, label in ((one.key, f"{one.label} ↑"), (f"-{one.key}", f"{one.label} ↓"))
        ]

    @property
    def kept_by_filters(self) -> list[Kept]:
        return [Kept(COLUMNS, value) for value in self.query.getlist(COLUMNS)]

    @property
    def layouts(self) -> list[Order]:
        """The table, and the lanes there are."""
        by = self.grouping.key if self.grouping else ""
        return [
            Order("", _("表格"), not by),
            *(Order(one.key, one.label, one.key == by) for one in self.listing.groupings),
        ]

    @property
    def kept_by_columns(self) -> list[Kept]:
        left_out = (COLUMNS, *_OF_THE_MOMENT)
        return [
            Kept(name, value)
            for name, values in self.query.lists()
            if name not in left_out
            for value in values
        ]
