"""Schools and training institutions brought in from an office's own lists."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from dudao.imports.declared import Fault, Found, Importing, Ready, Values, declare
from dudao.imports.fields import Field, code, day, decimal, one_of, text, whole
from dudao.kernel import clock
from dudao.kernel.among import among
from dudao.kernel.told import told as _
from dudao.people.access import unit_scope
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places import services
from dudao.places.models import (
    NOT_SCHOOLS,
    Delivery,
    Kind,
    Ownership,
    Region,
    Standing,
    SubjectClass,
    Unit,
)

SCHOOL_KINDS = [(kind.value, kind.label) for kind in Kind if kind not in NOT_SCHOOLS]
_REGIONS = ("region", "stands_in")
_COMMON = (
    Field("region", gettext_lazy("所属区县"), text(60), width=14, also=("区划代码", "县区", "区县", "所属区域"),
          help=gettext_lazy("区县名称或 6 位区划代码；市直属学校填市的名称或代码。本级只有一个区县时可以不填。"), example="天元区"),
    Field("stands_in", gettext_lazy("所在区县"), text(60), help=gettext_lazy("市直属学校填实际所在的区县，其他学校不填。")),
    Field("address", gettext_lazy("地址"), text(200), width=36),
    Field("lat", gettext_lazy("纬度"), decimal(3, 54), help=gettext_lazy("十进制度数"), example="27.827"),
    Field("lng", gettext_lazy("经度"), decimal(73, 136), help=gettext_lazy("十进制度数"), example="113.082"),
    Field("head_name", gettext_lazy("负责人"), text(40), also=("校长", "校长姓名")),
    Field("liaison_name", gettext_lazy("督导联络员"), text(40), also=("联络员", "联系人")),
    Field("liaison_phone", gettext_lazy("联络电话"), code(r"[0-9+()-]{7,20}", "13800001234"), also=("联系电话", "电话")),
)  # fmt: skip


def _region_faults(reach: Reach, row: Values, current: Values | None) -> list[Fault]:
    """Put the region's code where its name or an old code stood; what cannot be is a fault."""
    faults = []
    for key in _REGIONS:
        wanted = row.get(key)
        if wanted:
            found, wrong, right = reach.find(str(wanted), anywhere=key == "stands_in")
            if found is None:
                faults.append(Fault(key, wrong, right))
            else:
                row[key] = found.code
    if "region" not in row and current is None:
        if reach.only is None:
            faults.append(Fault("region", _("没有填写"), _("请填写区县名称或区划代码")))
        else:
            row["region"] = reach.only.code
    return faults


def _stored(unit: Unit) -> Values:
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "ownership": unit.ownership,
        "region": unit.region.code,
        "stands_in": unit.stands_in.code if unit.stands_in else None,
        "address": unit.address,
        "lat": unit.lat,
        "lng": unit.lng,
        "pupils": unit.pupils,
        "head_name": unit.head_name,
        "liaison_name": unit.liaison_name,
        "liaison_phone": unit.liaison_phone,
    }


def _units_by_code(rows: Sequence[Values]) -> dict[str, Unit]:
    codes = [row["code"] for row in rows if "code" in row]
    return {
        unit.code: unit
        for unit in Unit.objects.filter(code__in=among(codes)).select_related(
            "region", "stands_in", "institution"
        )
    }


def _look_up(user: User, rows: Sequence[Values], *, institutions: bool) -> list[Found]:
    reach, stored, found = Reach(user, "unit.manage"), _units_by_code(rows), []
    others = _codes_by_name(user, rows)
    for row in rows:
        unit = stored.get(row.get("code", ""))
        if unit is not None and not reach.covers(unit.region):
            found.append(Found(None, [Fault("code", _("该代码属于其他地区的单位"), _("请核对单位代码"))]))
            continue
        current = _stored(unit) if unit else None
        if unit is not None and institutions and unit.kind == Kind.TRAINING:
            current = (current or {}) | _stored_institution(unit)
        faults = _region_faults(reach, row, current)
        if unit is not None and (unit.kind == Kind.TRAINING) != institutions:
            faults.append(Fault("code", _("该代码是另一类单位"), _("学校和培训机构请分别导入")))
        if unit is not None and not unit.is_open:
            faults.append(Fault("code", _("该单位已停办"), _("请先在单位页面恢复办学")))
        found.append(Found(current, faults, _doubts(row, unit, others)))
    return found


def _codes_by_name(user: User, rows: Sequence[Values]) -> dict[str, str]:
    """Full name → code of the schools within reach that the rows name."""
    names = [row["name"] for row in rows if "name" in row]
    within = Unit.objects.filter(unit_scope(user, "unit.manage", unit=""), name__in=among(names))
    return dict(within.values_list("name", "code"))


def _doubts(row: Values, unit: Unit | None, others: dict[str, str]) -> list[Fault]:
    """A row whose code is one school's and whose name is another's: renaming the first is hardly meant."""
    other = others.get(row.get("name") or "")
    if unit is None or other is None or row["name"] == unit.name or other == unit.code:
        return []
    right = _("代码 %(code)s 是“%(name)s”；“%(other)s”的代码是 %(other_code)s")
    values = {"code": unit.code, "name": unit.name, "other": row["name"], "other_code": other}
    return [Fault("", _("代码与名称指向不同学校"), right % values)]


def look_up_schools(user: User, rows: Sequence[Values]) -> list[Found]:
    return _look_up(user, rows, institutions=False)


def look_up_institutions(user: User, rows: Sequence[Values]) -> list[Found]:
    for row in rows:
        row["kind"], row["ownership"] = Kind.TRAINING.value, Ownership.PRIVATE.value
    return _look_up(user, rows, institutions=True)


_EMPTY = {"lat": None, "lng": None, "stands_in": None, "pupils": 0}
_OWN = ("subject_class", "delivery", "standing", "licence_no", "licence_until", "fees", "opening_hours")


def save_units(user: User, rows: Sequence[Ready]) -> None:
    """Write new and changed units; a new name or office becomes a turn in the unit's history."""
    codes = {row.values[key] for row in rows for key in _REGIONS if row.values.get(key)}
    regions = {region.code: region for region in Region.objects.filter(code__in=codes)}
    wanted = [_fields(row.values, regions) for row in rows]
    services.add_units([fields for row, fields in zip(rows, wanted, strict=True) if row.is_new], by=user)
    stored = _units_by_code([row.values for row in rows])
    for row, fields in zip(rows, wanted, strict=True):
        if not row.is_new:
            _change(stored[row.values["code"]], fields, by=user)
    _save_institutions(rows, user)


def _fields(values: Values, regions: dict[str, Region]) -> dict[str, Any]:
    fields = {key: value for key, value in values.items() if key not in _OWN}
    for key in _REGIONS:
        if fields.get(key):
            fields[key] = regions[fields[key]]
    return {key: _EMPTY.get(key, "") if value is None else value for key, value in fields.items()}


def _change(unit: Unit, fields: dict[str, Any], *, by: User) -> None:
    fields.pop("code")
    name, region = fields.pop("name", unit.name), fields.pop("region", unit.region)
    on, basis = clock.today(), _("名册导入")
    if name != unit.name:
        services.rename_unit(unit, name, on=on, basis=basis, by=by)
    if region != unit.region:
        services.move_unit(unit, region, on=on, basis=basis, by=by)
    services.change_unit(unit, by=by, **fields)


def _stored_institution(unit: Unit) -> Values:
    one = getattr(unit, "institution", None)
    if one is None:
        return {}
    stored = {key: getattr(one, key) for key in _OWN}
    return stored | {"licence_until": one.licence_until.isoformat() if one.licence_until else None}


def _save_institutions(rows: Sequence[Ready], user: User) -> None:
    stored = _units_by_code([row.values for row in rows if row.values.keys() & set(_OWN)])
    for row in rows:
        own = {key: value for key, value in row.values.items() if key in _OWN}
        if not own:
            continue
        until = own.get("licence_until")
        fields = {key: "" if value is None else value for key, value in own.items()}
        if "licence_until" in own:
            fields["licence_until"] = date.fromisoformat(until) if until else None
        services.keep_institution(stored[row.values["code"]], by=user, **fields)


_CODE = code(r"[0-9A-Za-z-]{4,20}", "2143000123")
SCHOOLS = declare(
    Importing(
        name="schools",
        title=gettext_lazy("学校"),
        capability="unit.manage",
        identity="code",
        title_field="name",
        look_up=look_up_schools,
        save=save_units,
        back="office:units",
        back_label=gettext_lazy("学校"),
        fields=(
            Field("code", gettext_lazy("单位代码"), _CODE, required=True, also=("学校代码", "学校标识码", "代码"),
                  help=gettext_lazy("学校标识码，4 至 20 位数字或字母，全国唯一"), example="2143000123"),
            Field("name", gettext_lazy("名称"), text(100), required=True, width=30, also=("学校名称", "校名"),
                  help=gettext_lazy("学校全称"), example="天元区泰山学校"),
            Field("kind", gettext_lazy("类型"), one_of(lambda: SCHOOL_KINDS), required=True, also=("学校类型", "办学类型"),
                  choices=lambda: SCHOOL_KINDS, example="小学", width=16),
            Field("ownership", gettext_lazy("性质"), one_of(lambda: Ownership.choices), also=("办学性质", "举办者类型"),
                  choices=lambda: Ownership.choices, example="公办", width=8, help=gettext_lazy("不填为公办。")),
            *_COMMON,
            Field("pupils", gettext_lazy("学生数"), whole(0, 100_000), also=("在校生数", "学生人数"), width=8, example="1260"),
        ),
        notes=(gettext_lazy("单位代码相同即为同一所学校：已有的会更新，没有的会新增。名称改变会记入学校沿革。"),),
    )
)  # fmt: skip

INSTITUTIONS = declare(
    Importing(
        name="institutions",
        title=gettext_lazy("校外培训机构"),
        capability="unit.manage",
        identity="code",
        title_field="name",
        look_up=look_up_institutions,
        save=save_units,
        back="office:units",
        back_label=gettext_lazy("学校"),
        fields=(
            Field("code", gettext_lazy("单位代码"), _CODE, required=True, also=("机构代码", "统一社会信用代码", "代码"),
                  help=gettext_lazy("统一社会信用代码"), example="52430200MJJ1234567", width=22),
            Field("name", gettext_lazy("名称"), text(100), required=True, width=30, also=("机构名称",), example="启航素养培训中心"),
            Field("subject_class", gettext_lazy("培训类别"), one_of(lambda: SubjectClass.choices), required=True,
                  choices=lambda: SubjectClass.choices, example="非学科类"),
            Field("delivery", gettext_lazy("培训形式"), one_of(lambda: Delivery.choices), choices=lambda: Delivery.choices,
                  help=gettext_lazy("不填为线下。"), example="线下"),
            Field("standing", gettext_lazy("机构状态"), one_of(lambda: Standing.choices), choices=lambda: Standing.choices,
                  help=gettext_lazy("不填为正常开办。"), width=20),
            Field("licence_no", gettext_lazy("办学许可证号"), text(40), width=20),
            Field("licence_until", gettext_lazy("许可证有效期至"), day, example="2027-12-31"),
            Field("fees", gettext_lazy("收费标准"), text(200), width=30),
            Field("opening_hours", gettext_lazy("培训时段"), text(200), width=30, example="周六 9:00—17:00"),
            *_COMMON,
        ),
        notes=(gettext_lazy("单位代码相同即为同一家机构：已有的会更新，没有的会新增。"),),
    )
)  # fmt: skip
