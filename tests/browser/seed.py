"""Run in the server's own environment: one county, one school, and people who sign in with a password."""

import sys

import django
import msgspec

django.setup()

from dudao.cli.preparing import prepare  # noqa: E402
from dudao.findings import services  # noqa: E402
from dudao.findings.models import Finding  # noqa: E402
from dudao.instruments import services as instruments  # noqa: E402
from dudao.instruments.definitions import Definition  # noqa: E402
from dudao.journal import followers  # noqa: E402
from dudao.journal import services as journal  # noqa: E402
from dudao.people.models import User  # noqa: E402
from tests import factories  # noqa: E402
from tests.browser.campus import CAMPUS  # noqa: E402

PASSWORD = "correct horse battery"


def furnish(at: factories.Place) -> None:
    """A problem in every state that pages show, each through its services."""
    photo = factories.picture(at.inspector)
    factories.visit(at, files=[photo], findings=[factories.problem("SERIOUS", evidence=[photo.sha256])])
    for goal in ("NOTIFIED", "RECEIVED", "REPORTED", "RETURNED", "VERIFIED", "STRUCK_OFF"):
        finding = factories.finding(at, severity="MAJOR", evidence=[photo.sha256])
        walk(at, finding, goal)
    factories.visit(at, filed=False, findings=[])
    while journal.seal():
        pass
    while followers.run():
        pass


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
    prepare(say=lambda text: None)
    at = factories.place()
    names = {
        "inspector": at.inspector, "school": at.head, "county": at.officer, "city": at.city_officer,
        "auditor": at.auditor, "admin": at.administrator,
    }  # fmt: skip
    for name, person in names.items():
        User.objects.filter(pk=person.pk).update(username=name)
    if "--campus" in sys.argv:
        instruments.publish(msgspec.convert(CAMPUS, Definition), by=None)
    if "--furnish" in sys.argv:
        furnish(at)
