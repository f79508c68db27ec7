"""A county with an office, a school and people, a folder for files, and a database that threads can share."""

from types import SimpleNamespace

import pytest
from django.conf import settings as current
from django.db import connection, connections

from dudao.documents import services
from dudao.documents.official import Heading, OfficialDocument, Paragraph
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Kind, Level, Region
from dudao.places.services import new_unit
from tests.documents import samples


@pytest.fixture
def files_folder(settings, tmp_path):
    settings.STORAGES = current.STORAGES | {
        "documents": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "documents")},
        }
    }
    return tmp_path / "documents"


@pytest.fixture
def county(db):
    """Two counties of a city, each with an office and a school; people with one right each."""
    city = Region.objects.create(
        code="430200", name="株洲市", level=Level.CITY, path="4302/", office="市督导办"
    )
    fields = {"level": Level.COUNTY, "parent": city, "office_mark": "株天教督"}
    ours = Region.objects.create(
        code="430211", name="天元区", path="4302/11/", office=samples.ORGAN, **fields
    )
    other = Region.objects.create(
        code="430202", name="荷塘区", path="4302/02/", office="荷塘区督导室", **fields
    )
    school = new_unit(code="A1", name="泰山学校", kind=Kind.PRIMARY, region=ours)
    neighbour = new_unit(code="B1", name="荷塘小学", kind=Kind.PRIMARY, region=other)
    school.save()
    neighbour.save()
    people = SimpleNamespace(
        city=person("city", Role.CITY_OFFICE, region=city),
        office=person("office", Role.COUNTY_OFFICE, region=ours),
        other_office=person("other", Role.COUNTY_OFFICE, region=other),
        inspector=person("inspector", Role.INSPECTOR, assigned=True),
        other_inspector=person("inspector2", Role.INSPECTOR, assigned=True),
        school=person("school", Role.UNIT, unit=school),
        other_school=person("school2", Role.UNIT, unit=neighbour),
        administrator=person("admin", Role.ADMINISTRATOR, region=city),
    )
    Assignment.objects.create(inspector=people.inspector, unit=school)
    return SimpleNamespace(
        city=city, region=ours, other=other, school=school, neighbour=neighbour, people=people
    )


def person(username: str, role: str, **scope) -> User:
    user = User.objects.create_user(username=username, name=username)
    Grant.objects.create(user=user, role=role, **scope)
    return user


def letter(**changes) -> OfficialDocument:
    """A short text to issue, without number and code."""
    fields = {
        "kind": "visit-report",
        "mark": samples.ORGAN,
        "title": "关于泰山学校\n经常性督导情况的报告",
        "issued_on": samples.ISSUED_ON,
        "blocks": (Heading("基本情况"), Paragraph("一切正常。")),
        "organ": samples.ORGAN,
    }
    return OfficialDocument(**(fields | changes))


@pytest.fixture
def issued(county):
    return services.issue(letter(), issuer=county.region, unit=county.school, by=county.people.inspector)


@pytest.fixture
def shared_database(tmp_path, db):
    """Threads of the test see one committed database: PostgreSQL's, or a copy in a file of SQLite's in memory.

    What a test leaves in PostgreSQL it must delete itself.
    """
    if connection.vendor != "sqlite":
        yield
        return
    (tmp_path / "shared.sqlite3").write_bytes(connection.connection.serialize())
    kept = connections.databases["default"]["NAME"]
    connections.databases["default"]["NAME"] = str(tmp_path / "shared.sqlite3")
    yield
    connections.databases["default"]["NAME"] = kept
