"""Which regions a person may act in, and how people name a region."""

from functools import cached_property

from dudao.kernel.told import told as _
from dudao.people.access import region_scope
from dudao.people.models import User
from dudao.places.models import Region, ReplacedCode


class Reach:
    """The regions under a person's grants that carry a capability; read once for many rows."""

    def __init__(self, user: User, capability: str) -> None:
        granted = {grant.region for grant in user.grants_with(capability) if grant.region is not None}
        self._granted = sorted(granted, key=lambda one: one.path)
        self._scope = region_scope(user, capability)

    @cached_property
    def regions(self) -> list[Region]:
        return list(Region.objects.filter(self._scope).order_by("path"))

    @cached_property
    def tops(self) -> list[Region]:
        """The regions in none of the others: all that are reached lie in these."""
        tops: list[Region] = []
        for one in self._granted:  # in order of their paths: what lies in a region follows it
            if not tops or not one.path.startswith(tops[-1].path):
                tops.append(one)
        return tops

    @property
    def only(self) -> Region | None:
        """The one region there is, when there is only one."""
        return self.regions[0] if len(self.regions) == 1 else None

    def covers(self, region: Region) -> bool:
        return any(region.path.startswith(one.path) for one in self._granted)

    def find(self, text: str, *, anywhere: bool = False) -> tuple[Region | None, str, str]:
        """The region `text` names by code or name; else what is wrong with it, and what would be right."""
        found = self._by_name.get(text)
        if found is not None:
            return found, "", ""
        former = self._former.get(text)
        if former is not None:
            wrong = _("%(old)s 已于 %(on)s 撤销") % {"old": former, "on": former.on}
            return (
                None,
                wrong,
                _("请填写 %(code)s（%(name)s）") % {"code": former.became.code, "name": former.became.name},
            )
        known = Region.objects.filter(code=text).first() or Region.objects.filter(name=text).first()
        if known is None:
            return (
                None,
                _("没有这个区县"),
                _("例如 %(name)s") % {"name": self.regions[0].name if self.regions else ""},
            )
        if anywhere:
            return known, "", ""
        return None, _("%(name)s 不在您的管辖范围内") % {"name": known.name}, ""

    @cached_property
    def _by_name(self) -> dict[str, Region]:
        """By code and by full name; a name that several regions bear names none."""
        names = [region.name for region in self.regions]
        by_name = {region.name: region for region in self.regions if names.count(region.name) == 1}
        return by_name | {region.code: region for region in self.regions}

    @cached_property
    def _former(self) -> dict[str, ReplacedCode]:
        rows = ReplacedCode.objects.select_related("became")
        return {key: row for row in rows for key in (row.code, row.name)}
