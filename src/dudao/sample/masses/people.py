"""Schools and people of one county. Every name of a school or a person is invented."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from dudao.inspectors.models import Inspector, Place, Zone
from dudao.inspectors.models import Term as TermOfOffice
from dudao.kernel.pinyin import initials
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Kind, Ownership, Region, Unit
from dudao.places.shapes import is_within, outline_of
from dudao.sample.city import GIVEN, NAMES, SURNAMES
from dudao.sample.masses.writing import Writer

_initials = cache(initials)  # some hundred names, some hundred thousand people

SCHOOLS_TO_AN_INSPECTOR = 2
"""Hunan: some 6,000 responsible inspectors (domain §0.3) for about twice as many compulsory schools."""

SCHOOLS_TO_A_ZONE = 19
KINDS = (
    (Kind.PRIMARY, 46, "小学", 900),
    (Kind.TEACHING_POINT, 18, "教学点", 38),
    (Kind.JUNIOR, 20, "中学", 1300),
    (Kind.NINE_YEAR, 12, "学校", 1500),
    (Kind.COMPLETE_SECONDARY, 3, "完全中学", 2400),
    (Kind.SPECIAL, 1, "特殊教育学校", 120),
)
PLACES = [
    "城关",
    "东岗",
    "西湖",
    "南洲",
    "北塘",
    "白石",
    "青山",
    "龙潭",
    "双江",
    "石桥",
    "大塘",
    "新市",
    "江口",
    "云溪",
    "金井",
    "黄泥",
    "太平",
    "永和",
    "长乐",
    "沙坪",
    "清水",
    "官庄",
    "板仓",
    "杨林",
    "麻田",
    "枫林",
]
ODD_NAMES = ["㛃", "㼆", "䶮", "堃", "喆", "犇", "珺", "嫄", "祎", "垚"]


@dataclass
class Person:
    pk: int
    name: str


@dataclass
class School:
    """A school and what kind of school it is to inspect."""

    pk: UUID
    name: str
    kind: Kind
    head: Person
    inspector: Person
    lat: float
    lng: float
    quality: float  # 0 careless … 1 exemplary
    promptness: float  # 0 always late … 1 always early
    weak_at: set[str] = field(default_factory=set)  # categories in which problems come again


@dataclass
class County:
    region: Region
    officer: Person
    second: Person
    schools: list[School]
    briskness: float  # of the office


class People:
    """Writes accounts with their rights; keys go on from those the database holds."""

    def __init__(self, first_key: int, since: date) -> None:
        self._keys = count(first_key)
        self._since = since
        self.users, self.grants = Writer(User, gives_keys=True), Writer(Grant)

    def add(self, username: str, name: str, role: Role, *, title: str = "", **scope: Any) -> Person:
        person = Person(next(self._keys), name)
        known_as = {"name": name, "initials": _initials(name), "title": title}
        self.users.add(id=person.pk, username=username, password="!", **known_as)  # noqa: S106
        self.grants.add(user_id=person.pk, role=role, starts_on=self._since, **scope)
        return person

    def flush(self) -> None:
        self.users.flush()
        self.grants.flush()


class Settlers:
    """Fills counties with schools, inspectors and zones."""

    def __init__(self, people: People, since: date) -> None:
        self._people, self._since = people, since
        self._units, self._inspectors = Writer(Unit), Writer(Inspector)
        self._terms, self._assignments = Writer(TermOfOffice), Writer(Assignment)
        self._zones, self._places = Writer(Zone), Writer(Place)

    def settle(self, region: Region, schools: int, random: Random, demo: dict[str, str]) -> County:
        """`demo` gives the usernames of this county's first officer, inspector and school head, where they have one."""
        officer, second = (
            self._people.add(
                username,
                _name(random),
                Role.COUNTY_OFFICE,
                title=f"{region.name}教育督导室{title}",
                region_id=region.pk,
            )
            for username, title in (
                (demo.get("office") or f"office-{region.code}", "主任"),
                (f"office2-{region.code}", "干部"),
            )
        )
        inspectors = [
            self._inspector(region, number, random, demo)
            for number in range(max(1, round(schools / SCHOOLS_TO_AN_INSPECTOR)))
        ]
        made = [
            self._school(
                region, number, inspectors[number // SCHOOLS_TO_AN_INSPECTOR % len(inspectors)], random, demo
            )
            for number in range(schools)
        ]
        self._divide(region, made, random)
        return County(region, officer, second, made, random.betavariate(4, 2))

    def flush(self) -> None:
        self._people.flush()
        for one in (self._units, self._inspectors, self._terms, self._assignments, self._zones, self._places):
            one.flush()

    def _inspector(self, region: Region, number: int, random: Random, demo: dict[str, str]) -> Person:
        username = (demo.get("inspector") if number == 0 else "") or f"inspector-{region.code}-{number:03d}"
        person = self._people.add(username, _name(random), Role.INSPECTOR, title="责任督学", assigned=True)
        pk = _uuid(random)
        self._inspectors.add(
            id=pk, user_id=person.pk, region_id=region.pk,
            engagement="FULL_TIME" if random.random() < 0.16 else "PART_TIME",
            employer=random.choice(["教研室", "教师进修学校", "退休校长", "教育督导室"]),
            subjects=random.choice(["语文", "数学", "英语", "体育", "学校管理"]),
            public_phone=f"0731-{random.randint(22000000, 88999999)}",
        )  # fmt: skip
        begun = self._since - timedelta(days=random.randint(0, 700))
        self._terms.add(
            inspector_id=pk, number=1, starts_on=begun, ends_on=begun + timedelta(days=3 * 365 - 1)
        )
        return person

    def _school(
        self, region: Region, number: int, inspector: Person, random: Random, demo: dict[str, str]
    ) -> School:
        kind, _weight, suffix, size = random.choices(KINDS, [row[1] for row in KINDS])[0]
        if number == 0:
            kind, _weight, suffix, size = KINDS[0]
        name = f"{_short(region)}{random.choice(PLACES)}{random.choice(NAMES)}{suffix}"
        code = f"{region.code}{number + 1:04d}"
        head_name = _name(random)
        pk = _uuid(random)
        username = (demo.get("school") if number == 0 else "") or f"unit-{code}"
        head = self._people.add(username, head_name, Role.UNIT, title="校长", unit_id=pk)
        lat, lng = _position(region, random)
        self._units.add(
            id=pk, code=code, name=name, initials=initials(name), kind=kind, region_id=region.pk,
            ownership=Ownership.PRIVATE if random.random() < 0.08 else Ownership.PUBLIC,
            pupils=max(6, int(size * random.lognormvariate(0, 0.45))), lat=lat, lng=lng, head_name=head_name,
            liaison_name=head_name, liaison_phone=f"1380000{random.randint(0, 9999):04d}",
            address=f"{region.name}{random.choice(PLACES)}路{random.randint(1, 300)}号",
        )  # fmt: skip
        self._assignments.add(inspector_id=inspector.pk, unit_id=pk, starts_on=self._since)
        return School(
            pk, name, kind, head, inspector, lat, lng,
            random.betavariate(4, 2), random.betavariate(5, 2),
        )  # fmt: skip

    def _divide(self, region: Region, schools: list[School], random: Random) -> None:
        for number, first in enumerate(range(0, len(schools), SCHOOLS_TO_A_ZONE), start=1):
            pk = _uuid(random)
            self._zones.add(
                id=pk,
                region_id=region.pk,
                name=f"{_short(region)}第{number}督学责任区",
                starts_on=self._since,
            )
            for school in schools[first : first + SCHOOLS_TO_A_ZONE]:
                self._places.add(zone_id=pk, unit_id=school.pk, starts_on=self._since)


def _name(random: Random) -> str:
    given = random.choice(ODD_NAMES if random.random() < 0.01 else GIVEN)
    return random.choice(SURNAMES) + given


def _short(region: Region) -> str:
    return region.name.rstrip("区县市") if len(region.name) > 2 else region.name


def _uuid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)


def _position(region: Region, random: Random) -> tuple[float, float]:
    """A place inside the county; where no outline is shipped, anywhere in a frame that its code makes up."""
    outline = outline_of(region.code)
    if not outline:
        number = int(region.code[:6])
        return 22 + number % 97 / 6 + random.random() / 2, 100 + number % 89 / 5 + random.random() / 2
    lngs, lats = zip(*(point for ring in outline for point in ring), strict=True)
    while True:
        lat, lng = random.uniform(min(lats), max(lats)), random.uniform(min(lngs), max(lngs))
        if is_within(outline, lng, lat):
            return round(lat, 6), round(lng, 6)
