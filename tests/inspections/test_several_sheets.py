"""Several instruments in one visit: carried over from visits of one sheet, shown on the page and told in the report."""

import json
from importlib import import_module
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dudao.documents.official import Heading, Table
from dudao.findings.models import Finding
from dudao.inspections import documents, projectors
from dudao.inspections.models import Sheet, Visit
from dudao.inspections.payloads import OneSheetVisitIn, VisitIn
from dudao.instruments.queries import current_version
from dudao.intake import kinds
from dudao.intake import projectors as door
from dudao.intake.models import Entry
from dudao.intake.states import EntryState
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from tests import factories
from tests.inspections.test_sheets import CANTEEN, LESSON


def filled(key: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(uuid7()), "instrument": current_version(key).hash, "answers": answers, "notes": {}}


def entry(at: factories.Place, payload: dict[str, Any], schema: int) -> Entry:
    """As the door has committed it."""
    now = clock.now()
    entry_id = uuid7()
    envelope = {
        "id": str(entry_id),
        "kind": "visit",
        "schema": schema,
        "made_at": now.isoformat(),
        "payload": payload,
    }
    return Entry.objects.create(
        id=entry_id, kind="visit", schema=schema, user_id=at.inspector.pk, device_id=uuid7(), made_at=now,
        device_time=now, received_at=now, body=json.dumps(envelope).encode(), body_sha256="0" * 64, try_at=now,
    )  # fmt: skip


def test_a_visit_keeps_each_of_its_sheets_with_its_own_problems_and_photos(at, signed_in) -> None:
    photo = factories.picture(at.inspector)
    check, canteen = filled("double-reduction-school", {"hw_board": "no"}), filled("canteen-food", CANTEEN)
    first, second = filled("class-observation", LESSON), filled("class-observation", LESSON | {"grade": 3})
    at_canteen = {
        "sha256": photo.sha256, "size": photo.size, "type": "image/jpeg", "role": "photo", "item": "supply",
        "sheet": canteen["id"],
    }  # fmt: skip
    visit = factories.visit(
        at,
        sheets=[check, first, second, canteen],
        findings=[factories.problem(sheet=check["id"])],
        manifest=[at_canteen],
    )
    assert [str(sheet.pk) for sheet in visit.sheets.all()] == [
        one["id"] for one in (check, first, second, canteen)
    ]
    assert str(Finding.objects.get(visit=visit).sheet_id) == check["id"]
    page = signed_in(at.officer).get(f"/visits/{visit.pk}/").content.decode()
    for sheet in visit.sheets.all():
        assert sheet.version.title in page
    label = next(
        item.label.zh
        for _s, item in current_version("canteen-food").definition.items()
        if item.key == "supply"
    )
    assert f'alt="{label}"' in page
    with_headings = documents.report(visit).blocks
    titles = [block.text for block in with_headings if isinstance(block, Heading) and block.level == 2]
    lesson = current_version("class-observation").definition.title.zh
    assert [f"{lesson}（1）", f"{lesson}（2）"] == [title for title in titles if title.startswith(lesson)]
    facts = next(block for block in with_headings if isinstance(block, Table))
    assert f"{lesson}（2）" in dict(facts.rows)["检查内容"]


def test_a_phone_that_knows_one_instrument_a_visit_is_still_heard(at) -> None:
    photo = factories.picture(at.inspector)
    payload = factories.sheet(at, files=[photo])
    [only] = payload.pop("sheets")
    for one in (*payload["findings"], *payload["manifest"]):
        del one["sheet"]
    old = entry(at, payload | {"instrument": only["instrument"], "answers": only["answers"]}, schema=1)
    door.run()
    old.refresh_from_db()
    assert (old.state, old.detail) == (EntryState.PROJECTED, "")
    sheet = Sheet.objects.get(visit=old.pk)
    assert sheet.pk == old.pk
    assert sheet.answers == only["answers"]
    assert Finding.objects.get(visit=old.pk).sheet == sheet
    assert sheet.files.get().sha256 == photo.sha256


def test_the_two_schemas_have_their_own_closed_shapes() -> None:
    first, second = kinds.find("visit", 1), kinds.find("visit", 2)
    assert first is not None
    assert second is not None
    assert (first.decoder.type, second.decoder.type) == (OneSheetVisitIn, VisitIn)
    assert first.project == projectors.project_one_sheet_visit


def test_a_sheet_of_another_visit_is_set_aside_for_a_person(at) -> None:
    payload = factories.sheet(at)
    factories.visit(at, **payload)
    again = entry(at, payload | {"findings": [], "manifest": []}, schema=2)
    door.run()
    again.refresh_from_db()
    assert (again.state, again.reason) == (EntryState.QUARANTINED, "sheet-id-known")


def test_a_problem_that_names_no_sheet_of_this_visit_is_kept_without_one(at) -> None:
    visit = factories.visit(at, findings=[factories.problem(sheet=str(uuid7()))])
    assert Finding.objects.get(visit=visit).sheet is None


def bring_back_old_columns() -> None:
    """SQLite drops what no model names as soon as a table is made anew."""
    with connection.cursor() as cursor:
        there = {
            one.name for one in connection.introspection.get_table_description(cursor, "inspections_visit")
        }
        for name in {"version_id", "answers", "notes"} - there:
            cursor.execute(f"ALTER TABLE inspections_visit ADD COLUMN {name} text")


def test_present_visits_are_carried_over_with_their_answers(at) -> None:
    """The migration, on rows as they were before it: the columns it reads stay for one release."""
    photo = factories.picture(at.inspector)
    past = factories.visit(at, files=[photo])
    version = past.sheets.get().version_id
    Finding.objects.filter(visit=past).update(sheet=None)
    past.files.update(sheet=None)
    past.sheets.all().delete()
    bring_back_old_columns()
    old = (
        MigrationLoader(connection)
        .project_state(
            [("inspections", "0004_sheets_of_past_visits"), ("findings", "0003_the_sheet_that_raised_it")]
        )
        .apps
    )
    old.get_model("inspections", "Visit").objects.filter(pk=past.pk).update(
        version_id=version, answers={"hw_board": "no"}, notes={"hw_board": "旧"}
    )
    for _again in range(2):
        import_module("dudao.inspections.migrations.0004_sheets_of_past_visits").give_sheets(old, None)
        import_module("dudao.findings.migrations.0004_sheets_of_past_problems").name_sheets(old, None)
    sheet = Sheet.objects.get(visit=past.pk)
    assert (sheet.pk, sheet.version_id) == (past.pk, version)
    assert (sheet.answers, sheet.notes) == ({"hw_board": "no"}, {"hw_board": "旧"})
    assert Visit.objects.get(pk=past.pk).files.get().sheet_id == past.pk
    assert Finding.objects.get(visit=past).sheet_id == past.pk
