"""Run in the server's own environment: one county, one school, and people who sign in with a password."""

import json
import os
import sys
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import django
import msgspec

django.setup()

from django.test import Client  # noqa: E402

from dudao.cli.preparing import load_data  # noqa: E402
from dudao.findings import asking, services  # noqa: E402
from dudao.findings.models import Finding  # noqa: E402
from dudao.instruments import services as instruments  # noqa: E402
from dudao.instruments.definitions import Definition  # noqa: E402
from dudao.journal import followers  # noqa: E402
from dudao.journal import services as journal  # noqa: E402
from dudao.kernel import clock  # noqa: E402
from dudao.people.models import User  # noqa: E402
from dudao.people.roles import Role  # noqa: E402
from dudao.places.models import Kind, Unit  # noqa: E402
from dudao.places.services import load_regions  # noqa: E402
from dudao.plans import services as plans  # noqa: E402
from dudao.rules.models import Rule  # noqa: E402
from tests import factories  # noqa: E402
from tests.browser.campus import CAMPUS  # noqa: E402
from tests.contracts.routes import MATRIX  # noqa: E402
from tests.contracts.test_matrix import World  # noqa: E402
from tests.inspections.together import team  # noqa: E402

PASSWORD = "correct horse battery"
LONG_NAME = (
    "湖南师范大学附属中学梅溪湖国际新城第二实验九年一贯制寄宿学校（北校区）Affiliated-Experimental-School"
)


def furnish(at: factories.Place) -> None:
    """A problem in every state that pages show, each through its services."""
    photo = factories.picture(at.inspector)
    factories.visit(at, files=[photo], findings=[factories.problem("SERIOUS", evidence=[photo.sha256])])
    for goal in ("NOTIFIED", "RECEIVED", "REPORTED", "RETURNED", "VERIFIED", "STRUCK_OFF"):
        finding = factories.finding(at, severity="MAJOR", evidence=[photo.sha256])
        walk(at, finding, goal)
    contest(at)
    factories.visit(at, filed=False, findings=[])
    while journal.seal():
        pass
    while followers.run():
        pass


def contest(at: factories.Place) -> None:
    """What a school asks, waiting and decided."""
    late, objected, planned = (factories.finding(at, severity="MAJOR") for _one in range(3))
    for one in (late, objected, planned):
        services.receive(one, by=at.head, seen=services.Seen("NOTIFIED", 1))
        one.refresh_from_db()
    seen = services.Seen("RECEIVED", 1)
    wished = clock.today() + timedelta(days=60)
    asking.ask_extension(late, by=at.head, seen=seen, text="须采购", wished_on=wished)
    asking.object_to(objected, by=at.head, seen=seen, text="公示栏在西门")
    steps = [asking.Step("完成设计", wished), asking.Step("完成施工", wished + timedelta(days=60))]
    planned = asking.propose(planned, by=at.head, seen=seen, text="须立项", steps=steps)
    asking.decide_plan(planned, by=at.officer, seen=seen, agreed=True, reason="同意")


def pages(world: World) -> dict[str, list[str]]:
    """Role → the addresses of every page of the house, each once, for somebody whom the matrix lets in.

    The phone's screens have tests of their own."""
    found: dict[str, list[str]] = {}
    for name, row in MATRIX.items():
        if row.method != "get" or row.answer != HTTPStatus.OK or not row.own or name.startswith("field:"):
            continue
        role = "county" if "county" in row.own else row.own[0]
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(world.person(role), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(world.address(name, row))
        is_html = answer.status_code == HTTPStatus.OK and answer["Content-Type"].startswith("text/html")
        if is_html and b"<html" in answer.content:  # a page, not a piece of one
            found.setdefault(role, []).append(world.address(name, row))
    return found


def walk(at: factories.Place, finding: Finding, goal: str) -> None:
    while finding.state != goal:
        seen = services.Seen(finding.state, finding.round)
        match finding.state:
            case "NOTIFIED":
                finding = services.receive(finding, by=at.head, seen=seen)
            case "RECEIVED":
                after = factories.picture(at.head, 220).sha256
                finding = services.report(
                    finding, by=at.head, seen=seen, text="已整改", before=[], after=[after]
                )
            case "REPORTED":
                passed = goal != "RETURNED"
                finding = services.verify(
                    finding, by=at.inspector, seen=seen, passed=passed, method="on_site", facts="已核查"
                )
            case "VERIFIED":
                finding = services.sign_off(finding, by=at.officer, seen=seen)


if __name__ == "__main__":
    load_data()
    load_regions()
    world = World() if "--furnish" in sys.argv else None
    at = world.at if world else factories.place()
    people = {
        "inspector": at.inspector, "school": at.head, "county": at.officer, "city": at.city_officer,
        "auditor": at.auditor, "admin": at.administrator,
    }  # fmt: skip
    if "--department" in sys.argv:
        bureau = factories.unit(of=at.county, kind=Kind.DEPARTMENT, name="区教育局基建科")
        people["department"] = factories.person(Role.UNIT, of=bureau)
    if "--campus" in sys.argv:
        instruments.publish(msgspec.convert(CAMPUS, Definition), by=None)
    if "--pin" in sys.argv:
        for key, value in (("field.pin", 6), ("field.pin.tries", 3)):
            Rule.objects.create(
                key=key, name="口令", name_en="PIN", region=at.county, value=value, source="x", starts_on=clock.today(), mark="DESIGN"
            )  # fmt: skip
    if "--team" in sys.argv:
        people |= {"colleague": team(at, names=["王芳"]).members[0]}
    if "--invited" in sys.argv:
        for who, name in (("colleague", "王芳"), ("helper", "李强")):
            people[who] = factories.person(Role.INSPECTOR, name=name)
            school = factories.unit(of=at.county, name=f"{name}要去的学校")
            item = plans.add(
                school,
                at.inspector,
                plans.this_month(),
                planned_on=clock.today(),
                note="看食堂",
                by=at.officer,
            )
            plans.invite(item, people[who], by=at.inspector)
    if world:
        Unit.objects.filter(pk=at.unit.pk).update(name=LONG_NAME)
        people |= {"security": world.security, "audit": world.audit}
        furnish(at)
        (Path(os.environ["DUDAO_HOME"]) / "pages.json").write_text(json.dumps(pages(world)))
    for name, person in people.items():
        User.objects.filter(pk=person.pk).update(username=name)
