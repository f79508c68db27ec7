"""The filter by region (区县) that lists share."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dudao.kernel.text import clean
from dudao.people.reach import Reach
from dudao.places.models import Level, Region
from dudao.places.queries import within
from dudao.ui.lists.filters import Asked, Filter, Options, Rows

COUNTY, ALL_COUNTIES = _("区县"), _("全部区县")


@dataclass(frozen=True, kw_only=True)
class RegionFilter(Filter):
    """Rows of a region and all below it, or of that one alone; `at` looks up a row's region.

    Who is responsible for several regions, such as the provinces of a nation, chooses one of them first, and then what
    lies in it: nobody finds a county among three thousand. Both steps have the same name in the address. One value
    is a region anywhere in reach; of two, the second counts if it lies in the first, else it was left from another choice.
    """

    key: str = "region"
    label: Any = COUNTY
    all_label: Any = ALL_COUNTIES
    capability: str
    at: str = "unit__region"
    is_alone: bool = False
    control = "choice"
    first_label = _("地区")
    all_first_label = _("全部地区")

    def ask(self, query: QueryDict, user: Any) -> Asked:
        tops = Reach(user, self.capability).tops
        codes = self._codes(query, tops)
        top, place = _meant(codes, tops)
        inside = top or _only(tops)
        asked = Asked(self, options=_grouped(inside) if inside else ())
        asked.is_broken = bool(codes and codes[0]) and top is None
        if len(tops) > 1:
            asked.first_options = [(one.code, one.name) for one in tops]
            asked.first = top.code if top else ""
        chosen = place or (top if asked.first else None)
        if chosen is not None:
            asked.value, asked.word = place.code if place else "", chosen.name
            asked.narrow = partial(self._narrow, to=chosen, is_alone=self.is_alone and place is not None)
        return asked

    def inside(self, query: QueryDict, user: Any) -> Region | None:
        """Where all rows lie: the region the address names, else the only one of the person."""
        tops = Reach(user, self.capability).tops
        top, place = _meant(self._codes(query, tops), tops)
        return place or top or _only(tops)

    def _codes(self, query: QueryDict, tops: list[Region]) -> list[str]:
        codes = [clean(code) for code in query.getlist(self.key)]
        return codes[-2:] if len(tops) > 1 else codes[-1:]

    def names(self, asked: Asked, values: Collection[str]) -> Mapping[str, str]:
        rows = Region.objects.filter(code__in=values).order_by("path")
        return dict(rows.values_list("code", "name"))

    def _narrow(self, rows: Rows, *, to: Region, is_alone: bool) -> Rows:
        return rows.filter(Q(**{self.at: to}) if is_alone else within(to.path, at=self.at))


def _meant(codes: list[str], tops: list[Region]) -> tuple[Region | None, Region | None]:
    """Which of `tops` the address means, and which region in it."""
    if not codes or not codes[0]:
        return None, None
    known = {one.code: one for one in Region.objects.filter(code__in=codes)}
    place = known.get(codes[-1])
    over = next((one for one in tops if place and place.path.startswith(one.path)), None)
    if len(codes) == 1:
        return over, place if over else None
    top = next((one for one in tops if one.code == codes[0]), None)
    return top, place if top and over == top else None


def _only(tops: list[Region]) -> Region | None:
    return tops[0] if len(tops) == 1 else None


def _grouped(top: Region) -> Options:
    """A region and all that lies in it; of a province, each city as a group with its counties."""
    found: list[tuple[str, Any]] = []
    city = ""
    inside = Region.objects.filter(path__startswith=top.path).order_by("path")
    for code, name, path, level in inside.values_list("code", "name", "path", "level"):
        if city and path.startswith(city):
            found[-1][1].append((code, name))
        elif level == Level.CITY and top.level == Level.PROVINCE:
            found.append((name, [(code, name)]))
            city = path
        else:
            found.append((code, name))
    return found
