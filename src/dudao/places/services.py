"""Units made, changed and carried through their history; regions loaded."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.journal import services as journal
from dudao.journal.services import Actor, Happening
from dudao.kernel.errors import Invalid, StaleState
from dudao.kernel.pinyin import initials
from dudao.places.models import Institution, Level, Region, ReplacedCode, Turn, TurnKind, Unit, UnitYear

SEED = Path(__file__).parent / "seed"


def new_unit(**fields: Any) -> Unit:
    """A unit with its search initials filled in; not yet saved."""
    return Unit(initials=initials(fields["name"]), **fields)


@transaction.atomic
def load_regions() -> int:
    """Add the regions of the state's list that are not there yet: provinces, cities, counties. Returns how many."""
    known = {region.code: region for region in Region.objects.all()}
    before = len(known)
    with (SEED / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for level, width in ((Level.PROVINCE, 2), (Level.CITY, 4), (Level.COUNTY, 6)):
        made = [
            _region(row, known.get(row["parent"]), width)
            for row in rows
            if row["level"] == level and row["code"] not in known
        ]
        known |= {region.code: region for region in Region.objects.bulk_create(made)}
    with (SEED / "replaced.csv").open(encoding="utf-8", newline="") as file:
        ReplacedCode.objects.bulk_create(
            (
                ReplacedCode(code=row["code"], name=row["name"], became=known[row["became"]], on=row["on"])
                for row in csv.DictReader(file)
            ),
            ignore_conflicts=True,
        )
    return len(known) - before


def _region(row: dict[str, str], parent: Region | None, width: int) -> Region:
    path = f"{parent.path if parent else ''}{row['code'][:width]}/"
    return Region(code=row["code"], name=row["name"], level=row["level"], parent=parent, path=path)


def add_unit(*, by: Actor | None, **fields: Any) -> Unit:
    """A new unit. Raises Invalid when its code is taken."""
    return add_units([fields], by=by)[0]


@transaction.atomic
def add_units(many: Sequence[dict[str, Any]], *, by: Actor | None) -> list[Unit]:
    """New units, all or none. Raises Invalid naming a code that is taken."""
    taken = Unit.objects.filter(code__in=[fields["code"] for fields in many]).values_list("code", flat=True)
    for code in taken:
        raise Invalid(_("单位代码 %(code)s 已被使用。") % {"code": code}, field="code")
    units = Unit.objects.bulk_create([new_unit(**fields) for fields in many])
    happenings = [
        Happening(unit, region=unit.region.path, unit=unit.pk, after=plain(fields))
        for unit, fields in zip(units, many, strict=True)
    ]
    journal.record_many("unit.add", happenings, by=by)
    return units


@transaction.atomic
def change_unit(unit: Unit, *, by: Actor | None, **changes: Any) -> Unit:
    """Correct what is recorded of a unit. Its name changes by `rename_unit`, whether it is open by `close_unit`.

    Raises StaleState when somebody changed it since `unit` was read.
    """
    assert not {"name", "is_open", "closed_on", "initials"} & changes.keys(), f"not a correction: {changes=}"
    old = {key: getattr(unit, key) for key in changes}
    changed = {key: value for key, value in changes.items() if old[key] != value}
    if not changed:
        return unit
    _write(unit, **changed)
    _tell("unit.change", unit, by=by, before=plain({key: old[key] for key in changed}), after=plain(changed))
    return unit


@transaction.atomic
def keep_institution(unit: Unit, *, by: Actor | None, **facts: Any) -> Institution:
    """Record what only a training institution has; what is not given stays."""
    before = Institution.objects.filter(unit=unit).values(*facts).first() or {}
    if before == facts:
        return Institution.objects.get(unit=unit)
    one, _made = Institution.objects.update_or_create(unit=unit, defaults=facts)
    _tell("unit.institution", unit, by=by, before=plain(before), after=plain(facts))
    return one


@transaction.atomic
def keep_year(unit: Unit, *, year: int, by: Actor | None, **figures: int) -> UnitYear:
    """Record the figures of one school year; those of the newest year are the unit's present ones."""
    before = UnitYear.objects.filter(unit=unit, year=year).values(*figures).first() or {}
    row, _made = UnitYear.objects.update_or_create(unit=unit, year=year, defaults=figures)
    newest = UnitYear.objects.filter(unit=unit).order_by("-year").values_list("year", flat=True).first()
    if newest == year and "pupils" in figures and figures["pupils"] != unit.pupils:
        _write(unit, pupils=figures["pupils"])
    _tell("unit.year", unit, by=by, before=before, after=figures | {"year": year})
    return row


@transaction.atomic
def rename_unit(unit: Unit, name: str, *, on: date, basis: str, by: Actor | None) -> Unit:
    """A new name from `on`. What was recorded under the old one keeps it."""
    if name == unit.name:
        raise Invalid(_("新名称与原名称相同。"), field="name")
    before = unit.name
    _write(unit, name=name, initials=initials(name))
    Turn.objects.create(unit=unit, kind=TurnKind.RENAMED, on=on, before=before, after=name, basis=basis)
    _tell("unit.rename", unit, by=by, before={"name": before}, after={"name": name}, note=basis)
    return unit


@transaction.atomic
def move_unit(unit: Unit, region: Region, *, on: date, basis: str, by: Actor | None) -> Unit:
    """Another office inspects it from now on: taken over by the city, or handed down to a county."""
    if region == unit.region:
        raise Invalid(_("隶属没有变化。"), field="region")
    before = unit.region
    _write(unit, region=region)
    Turn.objects.create(
        unit=unit, kind=TurnKind.MOVED, on=on, before=before.name, after=region.name, basis=basis
    )
    _tell("unit.move", unit, by=by, before={"region": before.code}, after={"region": region.code}, note=basis)
    return unit


@transaction.atomic
def close_unit(
    unit: Unit, *, on: date, basis: str, by: Actor | None, into: Sequence[Unit] = (), is_split: bool = False
) -> Unit:
    """It ends on `on`: closed, merged into one of `into`, or split into several. Its records stay.

    Raises Invalid when it would go into itself or a closed unit, StaleState when it is closed already.
    """
    if any(other == unit or not other.is_open for other in into):
        raise Invalid(_("并入或分设的单位必须是另一所在办的单位。"), field="into")
    if not unit.is_open:
        raise StaleState(_("该单位已经停办。"))
    _write(unit, is_open=False, closed_on=on)
    kind = (TurnKind.SPLIT if is_split else TurnKind.MERGED) if into else TurnKind.CLOSED
    names = "、".join(other.name for other in into)
    turn = Turn.objects.create(unit=unit, kind=kind, on=on, before=unit.name, after=names[:100], basis=basis)
    turn.others.set(into)
    _tell(
        "unit.close", unit, by=by, after={"on": str(on), "into": [other.code for other in into]}, note=basis
    )
    return unit


@transaction.atomic
def reopen_unit(unit: Unit, *, on: date, basis: str, by: Actor | None) -> Unit:
    """Open again, under its name and code. Raises StaleState when it is open."""
    if unit.is_open:
        raise StaleState(_("该单位正在办学。"))
    _write(unit, is_open=True, closed_on=None)
    Turn.objects.create(
        unit=unit, kind=TurnKind.REOPENED, on=on, before=unit.name, after=unit.name, basis=basis
    )
    _tell("unit.reopen", unit, by=by, note=basis)
    return unit


@transaction.atomic
def add_functional_area(parent: Region, *, code: str, name: str, by: Actor | None) -> Region:
    """A functional area (功能区) such as a development zone, which the state's list does not have, under a city.

    Raises Invalid when the code is taken.
    """
    if Region.objects.filter(code=code).exists():
        raise Invalid(_("区划代码 %(code)s 已被使用。") % {"code": code}, field="code")
    region = Region.objects.create(
        code=code,
        name=name,
        level=Level.COUNTY,
        parent=parent,
        path=f"{parent.path}{code}/",
        is_functional=True,
    )
    journal.record("region.add", by=by, obj=region, region=region.path, after={"code": code, "name": name})
    return region


@transaction.atomic
def change_region(region: Region, *, by: Actor | None, **changes: str) -> Region:
    """Set the name and mark of the region's inspection office, as they stand in its documents. Raises StaleState."""
    old = {key: getattr(region, key) for key in changes}
    if old == changes:
        return region
    if not Region.objects.filter(pk=region.pk, **old).update(**changes):
        raise StaleState(_("刚刚有人改动了督导机构的信息，请刷新页面。"))
    for key, value in changes.items():
        setattr(region, key, value)
    journal.record("region.change", by=by, obj=region, region=region.path, before=old, after=dict(changes))
    return region


def _write(unit: Unit, **changes: Any) -> None:
    """Compare and swap on the version that was read. Raises StaleState."""
    seen = Unit.objects.filter(pk=unit.pk, version=unit.version)
    if not seen.update(version=unit.version + 1, **changes):
        raise StaleState(_("刚刚有人改动了该单位的信息。请核对后再提交，您填写的内容还在。"))
    unit.version += 1
    for key, value in changes.items():
        setattr(unit, key, value)


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields as the journal keeps them."""
    return {key: value.code if isinstance(value, Region) else _plain(value) for key, value in fields.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _tell(kind: str, unit: Unit, *, by: Actor | None, **what: Any) -> None:
    journal.record(kind, by=by, obj=unit, region=unit.region.path, unit=unit.pk, **what)
