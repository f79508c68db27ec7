"""How each problem is handled (处置方式): chosen on the phone, usual for its severity, and what follows from it."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dudao.documents.official import Paragraph, Table
from dudao.field import bundle
from dudao.findings import documents, handling, services
from dudao.findings.models import Finding
from dudao.findings.services import Seen
from dudao.findings.states import State
from dudao.inspections import documents as reports
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Invalid
from dudao.notify.models import Message
from dudao.rules.models import Rule
from tests import factories


def seen(finding: Finding) -> Seen:
    return Seen(finding.state, finding.round)


def told(user: object) -> list[str]:
    while journal.seal():
        pass
    while followers.run():
        pass
    return list(Message.objects.filter(recipient=user).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("severity", "chosen", "handled", "state", "unit_sees"),
    [
        ("MINOR", "", "ORDINARY", State.NOTIFIED, True),
        ("SERIOUS", "", "SERIOUS", State.RECORDED, False),
        ("CRITICAL", "", "DANGER", State.NOTIFIED, True),
        ("MINOR", "NONE", "NONE", State.NOTED, True),
        ("MAJOR", "SMALL", "SMALL", State.VERIFIED, True),
        ("MINOR", "SERIOUS", "SERIOUS", State.RECORDED, False),
        ("MAJOR", "COMPLEX", "COMPLEX", State.RECORDED, False),
        ("MAJOR", "DANGER", "DANGER", State.NOTIFIED, True),
        ("SERIOUS", "ORDINARY", "SERIOUS", State.RECORDED, False),  # nobody sends past the office's review
    ],
)
def test_what_follows_from_how_a_problem_is_handled(at, severity, chosen, handled, state, unit_sees) -> None:
    finding = factories.finding(at, severity=severity, disposition=chosen, department="基建科")
    assert (finding.disposition, finding.state) == (handled, state)
    assert Finding.objects.visible_to(at.head).filter(pk=finding.pk).exists() is unit_sees
    assert finding.department == ("基建科" if handled == "COMPLEX" else "")


def test_a_phone_that_knew_no_handling_is_understood(at) -> None:
    assert factories.finding(at, settled_on_spot=True).disposition == "SMALL"
    assert factories.finding(at, settled_on_spot=False, severity="CRITICAL").disposition == "DANGER"


def test_the_usual_handling_is_a_rule_that_a_county_may_set(at) -> None:
    Rule.objects.create(
        key="finding.danger", name="x", name_en="x", region=at.county, value=["CRITICAL", "SERIOUS"], source="x",
        starts_on=clock.today(), mark="DESIGN",
    )  # fmt: skip
    assert factories.finding(at, severity="SERIOUS").disposition == "DANGER"
    given = {one["key"]: one["disposition"] for one in bundle.of(at.inspector)["severities"]}
    assert given == {"MINOR": "ORDINARY", "MAJOR": "ORDINARY", "SERIOUS": "DANGER", "CRITICAL": "DANGER"}
    assert [one["key"] for one in bundle.of(at.inspector)["dispositions"]] == [
        "NONE", "SMALL", "ORDINARY", "SERIOUS", "COMPLEX", "DANGER",
    ]  # fmt: skip


def test_a_remark_is_closed_and_asks_nothing_of_the_school(at, signed_in) -> None:
    finding = factories.finding(at, disposition="NONE")
    assert not Finding.objects.open().filter(pk=finding.pk).exists()
    assert told(at.head) == ["finding.note"]
    page = signed_in(at.head).get(f"/findings/{finding.pk}/").content.decode()
    assert "仅作提醒" in page
    assert 'id="next"' not in page


def test_what_is_referred_goes_to_a_department_and_is_struck_off_when_it_has_answered(at, signed_in) -> None:
    finding = factories.finding(at, severity="MAJOR", disposition="COMPLEX", department="基建科")
    assert told(at.officer) == ["finding.record"]
    office = signed_in(at.officer)
    page = office.get(f"/findings/{finding.pk}/").content.decode()
    assert page.index("转办有关部门") < page.index("审核下发"), "the department comes first"
    assert 'value="基建科"' in page
    data = {"seen_state": finding.state, "seen_round": 1, "department": "", "note": ""}
    refused = office.post(f"/findings/{finding.pk}/refer/", data)
    assert refused.status_code == 422
    office.post(f"/findings/{finding.pk}/refer/", data | {"department": "基建财务科"})
    finding.refresh_from_db()
    assert (finding.state, finding.department) == (State.REFERRED, "基建财务科")
    assert not Finding.objects.visible_to(at.head).filter(pk=finding.pk).exists()
    with pytest.raises(Invalid):
        handling.answer(finding, by=at.officer, seen=seen(finding), note=" ")
    finding = handling.answer(finding, by=at.officer, seen=seen(finding), note="已列入维修计划")
    assert finding.state == State.VERIFIED
    assert services.sign_off(finding, by=at.city_officer, seen=seen(finding)).state == State.STRUCK_OFF


def test_what_was_referred_may_still_be_sent_to_the_school(at) -> None:
    finding = factories.finding(at, severity="MAJOR", disposition="COMPLEX", department="基建科")
    finding = handling.refer(finding, by=at.officer, seen=seen(finding), department="基建科")
    assert services.issue(finding, by=at.officer, seen=seen(finding)).state == State.NOTIFIED


def test_the_handling_stands_in_report_list_and_ledger(at, signed_in) -> None:
    finding = factories.finding(at, disposition="COMPLEX", department="基建科")
    texts = [one.text for one in reports.report(finding.visit).blocks if isinstance(one, Paragraph)]
    assert any("处置方式：协商转办有关部门（基建科）" in text for text in texts)
    [attachment] = documents.finding_list(finding.visit, [finding]).attachments
    [table] = attachment.blocks
    assert isinstance(table, Table)
    assert "协商转办有关部门（基建科）" in table.rows[0]
    office = signed_in(at.officer)
    assert finding.number in office.get("/findings/?disposition=COMPLEX").content.decode()
    assert finding.number not in office.get("/findings/?disposition=SMALL").content.decode()
    assert "协商转办有关部门" in office.get(f"/visits/{finding.visit_id}/").content.decode()


def test_past_problems_are_named_by_what_was_done_with_them(at) -> None:
    """The migration; the column it reads stays for one release (SQLite drops it where a later one remakes the table)."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, Finding._meta.db_table)
        if "settled_on_spot" not in {column.name for column in columns}:
            cursor.execute("ALTER TABLE findings_finding ADD COLUMN settled_on_spot bool NOT NULL DEFAULT 0")
    made = [factories.finding(at, severity=one) for one in ("MINOR", "MINOR", "SERIOUS", "CRITICAL")]
    Finding.objects.update(disposition="ORDINARY")
    old = MigrationLoader(connection).project_state([("findings", "0006_handling_of_past_problems")]).apps
    rows = old.get_model("findings", "Finding").objects
    rows.update(settled_on_spot=False)
    rows.filter(pk=made[1].pk).update(settled_on_spot=True)
    import_module("dudao.findings.migrations.0006_handling_of_past_problems").name_handling(old, None)
    for finding in made:
        finding.refresh_from_db()
    assert [one.disposition for one in made] == ["ORDINARY", "SMALL", "SERIOUS", "DANGER"]
