"""Places and people of the sample: Zhuzhou with its nine counties and districts. Every name of a person or a school is
invented; region codes and names are those of the statistical code list."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from django.db import transaction

from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Engagement, Inspector
from dudao.people.demo import ACCOUNTS
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Kind, Ownership, Region, Unit
from dudao.places.services import load_regions, new_unit
from dudao.places.shapes import is_within, outline_of

COUNTIES = [
    ("430202", "荷塘区", "Hetang", "荷", 27.856, 113.174),
    ("430203", "芦淞区", "Lusong", "芦", 27.785, 113.152),
    ("430204", "石峰区", "Shifeng", "石", 27.876, 113.118),
    ("430211", "天元区", "Tianyuan", "天", 27.827, 113.082),
    ("430212", "渌口区", "Lukou", "渌", 27.699, 113.144),
    ("430223", "攸县", "Youxian", "攸", 27.014, 113.396),
    ("430224", "茶陵县", "Chaling", "茶", 26.777, 113.539),
    ("430225", "炎陵县", "Yanling", "炎", 26.490, 113.773),
    ("430281", "醴陵市", "Liling", "醴", 27.646, 113.497),
]
NAMES = "晨光 新苗 启明 向阳 文华 育红 明德 博雅 星河 春晓 锦绣 致远 望江 映山 清溪 南桥 東篱".replace(
    "東", "东"
).split()
SHAPES = [
    ("小学", Kind.PRIMARY, Ownership.PUBLIC, 900),
    ("第一小学", Kind.PRIMARY, Ownership.PUBLIC, 1600),
    ("中学", Kind.JUNIOR, Ownership.PUBLIC, 1400),
    ("学校", Kind.NINE_YEAR, Ownership.PUBLIC, 1900),
    ("实验小学", Kind.PRIMARY, Ownership.PUBLIC, 2100),
    ("外国语学校", Kind.NINE_YEAR, Ownership.PRIVATE, 1200),
    ("教学点", Kind.TEACHING_POINT, Ownership.PUBLIC, 46),
]
SURNAMES = [
    "周",
    "李",
    "王",
    "张",
    "刘",
    "陈",
    "杨",
    "黄",
    "谭",
    "罗",
    "易",
    "彭",
    "文",
    "贺",
    "龙",
    "段",
    "邓",
    "曾",
    "欧阳",
    "汤",
]
GIVEN = [
    "敏",
    "建国",
    "秀英",
    "志强",
    "丽华",
    "国庆",
    "春梅",
    "文斌",
    "海燕",
    "小平",
    "玉兰",
    "永红",
    "立新",
    "雪琴",
    "卫东",
    "桂香",
    "向军",
    "晓芳",
    "㛃",
    "淑贞",
]


@dataclass
class City:
    """What was made, for the history to use."""

    region: Region
    counties: list[Region]
    units: list[Unit] = field(default_factory=list)
    inspectors: list[User] = field(default_factory=list)
    heads: dict[object, User] = field(default_factory=dict)
    officers: dict[int, User] = field(default_factory=dict)


@transaction.atomic
def build(random: Random, *, since: date) -> City:
    """Regions, about 60 units, 12 inspectors, offices, the demo's accounts."""
    city = _regions()
    for county in city.counties:
        _units(city, county, random)
    _inspectors(city, random, since)
    _offices(city, random, since)
    _demo_accounts(city, since)
    return city


def _regions() -> City:
    load_regions()
    for code, english, office, mark in (
        ("430000", "Hunan", "湖南省人民政府教育督导委员会办公室", "湘教督办"),
        ("430200", "Zhuzhou", "株洲市人民政府教育督导委员会办公室", "株教督办"),
        *(
            (code, english, f"{name}人民政府教育督导室", f"株{mark}教督")
            for code, name, english, mark, _lat, _lng in COUNTIES
        ),
    ):
        Region.objects.filter(code=code).update(name_en=english, office=office, office_mark=mark)
    counties = {region.code: region for region in Region.objects.filter(parent__code="430200")}
    return City(Region.objects.get(code="430200"), [counties[code] for code, *_rest in COUNTIES])


def _units(city: City, county: Region, random: Random) -> None:
    place = next(row for row in COUNTIES if row[0] == county.code)
    short = county.name.rstrip("区县市") if len(county.name) > 2 else county.name
    names = random.sample(NAMES, len(SHAPES))
    count = 7 if county.code in ("430211", "430203", "430281", "430223") else 6
    for index, (name, shape) in enumerate(zip(names, SHAPES, strict=True)):
        if index >= count:
            break
        suffix, kind, ownership, pupils = shape
        lat, lng = _position(county, (place[4], place[5]), 0.02 if index < 3 else 0.1, random)
        unit = new_unit(
            code=f"{county.code}{index + 1:04d}",
            name=f"{short}{name}{suffix}",
            kind=kind,
            ownership=ownership,
            region=county,
            address=f"{county.name}{name}路{random.randint(1, 300)}号",
            lat=lat,
            lng=lng,
            pupils=int(pupils * random.uniform(0.7, 1.3)),
            liaison_name=_name(random),
            liaison_phone=f"1380000{random.randint(0, 9999):04d}",
        )
        unit.save(force_insert=True)
        city.units.append(unit)


def _position(
    county: Region, seat: tuple[float, float], spread: float, random: Random
) -> tuple[float, float]:
    """A place inside the county: latitude and longitude, some `spread` degrees from its seat."""
    outline = outline_of(county.code)
    while True:
        lat, lng = (round(random.gauss(middle, spread), 6) for middle in seat)
        if is_within(outline, lng, lat):
            return lat, lng


def _name(random: Random) -> str:
    return random.choice(SURNAMES) + random.choice(GIVEN)


def _person(username: str, name: str, title: str, **more: str) -> User:
    user = User(username=username, name=name, title=title, **more)
    user.set_unusable_password()  # the sample's people sign in by one click only
    user.save()
    return user


def _inspectors(city: City, random: Random, since: date) -> None:
    """Twelve inspectors, one or two in a county, share its schools; the demo's has five of Tianyuan's."""
    for index in range(12):
        inspector = _person(
            "demo-inspector" if index == 0 else f"inspector{index + 1:02d}",
            "周敏" if index == 0 else _name(random),
            "责任督学",
            certificate_no=f"株督证2024-{index + 1:03d}",
            phone=f"1390000{index + 1:04d}",
        )
        Grant.objects.create(user=inspector, role=Role.INSPECTOR, assigned=True, starts_on=since)
        city.inspectors.append(inspector)
    free = iter(city.inspectors)
    for county in sorted(city.counties, key=lambda one: one.code != "430211"):
        units = sorted(
            (unit for unit in city.units if unit.region_id == county.pk), key=lambda unit: unit.code
        )
        for part in (units[:5], units[5:]) if county.code in ("430211", "430203", "430281") else (units,):
            inspector = next(free)
            for unit in part:
                Assignment.objects.create(inspector=inspector, unit=unit, starts_on=since)
    _registry(city, random, since)
    _zones(city, since)


def _registry(city: City, random: Random, since: date) -> None:
    """Each inspector is appointed by the county of most of their schools, for a term, with some training."""
    for index, user in enumerate(city.inspectors):
        homes = [
            row.unit.region for row in user.assignments.select_related("unit__region").order_by("unit__code")
        ]
        one = inspectors.register(
            user,
            max(homes, key=homes.count),
            by=None,
            engagement=Engagement.FULL_TIME if index % 4 == 0 else Engagement.PART_TIME,
            employer=random.choice(["区教研室", "教师进修学校", "退休校长", "教育督导室"]),
            subjects=random.choice(["语文", "数学", "英语", "体育", "学校管理"]),
            public_phone=f"0731-2868{index:04d}",
        )
        inspectors.add_term(one, starts_on=since.replace(year=since.year - index % 3), by=None)
        title = random.choice(["双减政策与督导实务", "推门听课与评课", "校园安全督导要点"])
        inspectors.add_training(one, on=since, hours=Decimal(8 * (1 + index % 4)), title=title, by=None)


def _zones(city: City, since: date) -> None:
    for county in city.counties:
        units = [unit for unit in city.units if unit.region_id == county.pk]
        short = county.name.rstrip("区县市") if len(county.name) > 2 else county.name
        lead = Inspector.objects.filter(region=county).first()
        for number, part in (("第一", units[:4]), ("第二", units[4:])):
            zone = inspectors.open_zone(
                county, name=f"{short}{number}督学责任区", lead=lead, on=since, by=None
            )
            inspectors.put_in_zone(part, zone, on=since, by=None)


def _offices(city: City, random: Random, since: date) -> None:
    for county in city.counties:
        officer = _person(f"office-{county.code}", _name(random), f"{county.name}教育督导室主任")
        Grant.objects.create(user=officer, role=Role.COUNTY_OFFICE, region=county, starts_on=since)
        city.officers[county.pk] = officer
    for unit in city.units:
        head = _person(f"unit-{unit.code}", unit.liaison_name, f"{unit.name}副校长")
        Grant.objects.create(user=head, role=Role.UNIT, unit=unit, starts_on=since)
        city.heads[unit.pk] = head


def _demo_accounts(city: City, since: date) -> None:
    tianyuan = next(county for county in city.counties if county.code == "430211")
    theirs = Assignment.objects.filter(inspector=city.inspectors[0]).select_related("unit")
    own = theirs.order_by("unit__code").first()
    assert own is not None
    User.objects.filter(pk=city.heads[own.unit_id].pk).update(username="demo-school")
    User.objects.filter(pk=city.officers[tianyuan.pk].pk).update(username="demo-county")
    for username, name, title in (
        ("demo-staff", "贺春梅", "总务处主任"),
        ("unit-staff-2", "谭文斌", "教导处副主任"),
    ):
        staff = _person(username, name, title)
        Grant.objects.create(user=staff, role=Role.UNIT_STAFF, unit=own.unit, starts_on=since)
    for username, name, title, role in (
        ("demo-city", "易国栋", "株洲市教育督导办副主任", Role.CITY_OFFICE),
        ("demo-auditor", "贺廉", "审计专员", Role.AUDITOR),
        ("demo-admin", "管理员", "系统管理员", Role.ADMINISTRATOR),
        ("demo-security", "向明安", "安全管理员", Role.SECURITY),
        ("demo-audit", "文审之", "审计管理员", Role.AUDIT),
    ):
        Grant.objects.create(
            user=_person(username, name, title), role=role, region=city.region, starts_on=since
        )
    missing = {one.username for one in ACCOUNTS} - set(User.objects.values_list("username", flat=True))
    assert not missing, f"the demo's sign-in page offers accounts that do not exist: {missing}"
