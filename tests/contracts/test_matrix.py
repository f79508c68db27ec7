"""Authorisation: every URL with every role, inside and outside its place."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from dudao.documents import drafting, seals
from dudao.documents import services as documents
from dudao.documents.models import Bundle, Document
from dudao.findings import papers
from dudao.findings.models import Draw, Finding, LookBack, Milestone
from dudao.imports.models import Import
from dudao.inspectors import appointing, works
from dudao.inspectors import services as inspectors
from dudao.inspectors.models import Application, Inspector, Printing
from dudao.instruments import drafts
from dudao.instruments.queries import current_versions
from dudao.intake import handing_in
from dudao.intake.models import Entry, Handover
from dudao.intake.states import EntryState
from dudao.journal import followers
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.notify.models import Message, Robot
from dudao.notify.sealing import sealed
from dudao.office.models import Export, SavedView
from dudao.people.models import Device, User
from dudao.people.roles import Role
from dudao.places.models import Kind
from dudao.plans.models import PlanItem, TermPlan
from dudao.rules.models import Mark, Rule, Word
from tests import factories
from tests.contracts.routes import MATRIX, ROLES, Row
from tests.intake.exporting import export

pytestmark = pytest.mark.django_db
BODY = b'{"id":"01900000-0000-7000-8000-000000000001","kind":"visit","schema":1,"made_at":"2026-11-26T03:00:00Z","payload":{}}'


def routes(patterns: list[Any], space: str = "") -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns, pattern.namespace or space)
        else:
            found[f"{space}:{pattern.name}" if space else str(pattern.name)] = pattern
    return found


ROUTES = routes(get_resolver().url_patterns)


def test_every_route_has_a_row_in_the_matrix() -> None:
    missing, gone = sorted(set(ROUTES) - set(MATRIX)), sorted(set(MATRIX) - set(ROUTES))
    assert not missing, f"say in tests/contracts/routes.py who may open: {missing}"
    assert not gone, f"remove from tests/contracts/routes.py: {gone}"


class World:
    """A place with something of everything in it."""

    def __init__(self) -> None:
        self.at = factories.place()
        picture = factories.picture(self.at.officer, shade=next(factories._numbers) % 250)
        self.visit = factories.visit(self.at, files=[picture])
        self.finding = Finding.objects.get(visit=self.visit)
        self.evidence = picture.sha256
        self.draw = Draw.objects.create(
            region=self.at.county,
            half="2025-H2",
            seed="s",
            share=20,
            drawn_by=self.at.officer,
            drawn_at=clock.now(),
        )
        LookBack.objects.create(draw=self.draw, finding=self.finding, due_on=clock.today())
        self.milestone = Milestone.objects.create(
            finding=self.finding, position=0, title="t", due_on=clock.today()
        )
        while journal.seal():
            pass
        while followers.run():
            pass
        self.message = Message.objects.get(recipient=self.at.head)
        self.robot = Robot.objects.create(
            region=self.at.county, channel="WECOM", name="n", address=sealed("x"), set_by=self.at.officer
        )
        self.document = Document.objects.get(subject_id=str(self.visit.pk), kind="finding-list")
        self.paper = papers.draft(
            "rectify-notice", Finding.objects.filter(pk=self.finding.pk), by=self.at.officer
        )
        about = {"issuer": self.at.county, "unit": self.at.unit, "by": self.at.officer}
        text = drafting.text_of(self.paper)
        self.letter = documents.issue(text, needs_receipt=True, **about)
        self.void = documents.void(documents.issue(text, **about), reason="r", by=self.at.officer)
        seals.set_seal(self.at.county, factories.seal(), by=self.at.officer)
        self.bundle = Bundle.objects.create(user=self.at.officer, form="pdf")
        self.alarm = factories.alarm(self.at)
        self.entry = self._entry()
        self.handover = self._handover()
        self.institution = factories.unit(of=self.at.county, kind=Kind.TRAINING)
        self.inspector = inspectors.register(
            self.at.inspector, self.at.county, by=None, engagement="PART_TIME"
        )
        colleague = inspectors.register(factories.person(), self.at.county, by=None, engagement="FULL_TIME")
        self.term = inspectors.add_term(colleague, starts_on=date(2023, 9, 1), by=None)
        Inspector.objects.filter(pk=self.inspector.pk).update(photo=_photo())
        study = SimpleUploadedFile("调研.pdf", b"%PDF-1.7")
        self.work = works.add_work(
            self.inspector, study, kind="STUDY", on=clock.today(), title="t", by=self.at.officer
        )
        self.application = self._application()
        self.objection = appointing.object_to(
            self.application, received_on=clock.today(), text="t", by=self.at.officer
        )
        self.item = PlanItem.objects.create(
            unit=self.at.unit,
            inspector=self.at.inspector,
            month=date(2026, 1, 1),
            month_after=date(2026, 2, 1),
        )
        self.term_plan = TermPlan.objects.create(
            inspector=self.at.inspector, region=self.at.county, year=2025, term="AUTUMN"
        )
        self.zone = inspectors.open_zone(
            self.at.county, name="第一责任区", lead=None, on=clock.today(), by=None
        )
        self.brought_in = Import.objects.create(
            kind="schools", user=self.at.officer, language="zh-hans", file_name="a.xlsx"
        )

        self.draft = drafts.create(drafts.blank(self.at.county), region=self.at.county, by=self.at.officer)
        self.printing = Printing.objects.create(user=self.at.officer, paper="A3")
        self.saved_view = SavedView.objects.create(user=self.at.officer, listing="findings", name="n")
        self.export = Export.objects.create(user=self.at.officer, listing="findings", language="zh-hans")
        self.rule = Rule.objects.create(
            key="visit.per_month", name="n", name_en="n", region=self.at.county, value=2, starts_on=clock.today(),
            source="s", mark=Mark.DESIGN,
        )  # fmt: skip

        self.security = factories.person(Role.SECURITY, of=self.at.city)
        self.audit = factories.person(Role.AUDIT, of=self.at.city)
        self.device = Device.objects.create(id=uuid7(), user=self.at.head)

    def _handover(self) -> Handover:
        inspector = self.at.inspector.pk
        made = Handover.objects.create(
            id=uuid7(), name="a.json", by=self.at.officer, user_id=inspector, device_id=uuid7(),
            contents={"entries": [], "drafts": 0, "files": 0, "size": 0, "damaged": 0, "is_cut_off": False},
        )  # fmt: skip
        self._lay_down(made)
        return made

    def _lay_down(self, handover: Handover) -> None:
        written = export([], user=handover.user_id, device=handover.device_id)
        handing_in.path_of(handover).write_bytes(written)

    def _entry(self) -> Entry:
        return Entry.objects.create(
            id=uuid7(), kind="visit", schema=1, user_id=self.at.inspector.pk, device_id=uuid7(), made_at=clock.now(),
            received_at=clock.now(), body=BODY, body_sha256="0" * 64, state=EntryState.QUARANTINED,
            reason="unit-unknown", try_at=clock.now(),
        )  # fmt: skip

    def _application(self) -> Application:
        made = Application.objects.create(
            region=self.at.county, put_forward_by="SELF", name="n", sex="MALE", birth_year=1980, degree="MASTER",
            years_in_education=12, employer="e", post="p", level="COUNTY", engagement="PART_TIME", statement="s",
            state="REVIEWED", recorded_by=self.at.officer,
        )  # fmt: skip
        return appointing.publish(made, contact="1", seen="REVIEWED", by=self.at.officer)

    def person(self, role: str) -> User:
        people = {
            "city": self.at.city_officer, "county": self.at.officer, "inspector": self.at.inspector,
            "unit": self.at.head, "auditor": self.at.auditor, "admin": self.at.administrator,
            "security": self.security, "audit": self.audit,
        }  # fmt: skip
        return people[role]

    def address(self, name: str, row: Row) -> str:
        things: dict[str, dict[str, Any]] = {
            "": {},
            "message": {"pk": self.message.pk},
            "robot": {"pk": self.robot.pk},
            "document": {"pk": self.document.pk},
            "evidence": {"sha256": self.evidence, "name": "thumb"},
            "letter": {"pk": self.letter.pk},
            "void": {"pk": self.void.pk},
            "bundle": {"pk": self.bundle.pk},
            "paper": {"pk": self.paper.pk},
            "entry": {"pk": self.entry.pk},
            "handover": {"pk": self.handover.pk},
            "visit": {"pk": self.visit.pk},
            "finding": {"pk": self.finding.pk},
            "draw": {"pk": self.draw.pk},
            "look-back": {"pk": self.draw.look_backs.get().pk},
            "milestone": {"pk": self.finding.pk, "step_pk": self.milestone.pk},
            "alarm": {"pk": self.alarm.pk},
            "region": {"code": self.at.county.code},
            "account": {"pk": self.at.head.pk},
            "inspector-account": {"pk": self.at.inspector.pk},
            "grant": {"pk": self.at.head.grants.get().pk},
            "device": {"pk": self.device.pk},
            "rule": {"pk": self.rule.pk},
            "rule-of-region": {"key": self.rule.key, "code": self.at.county.code},
            "word": {"pk": Word.objects.filter(kind="METHOD").values_list("pk", flat=True)[0]},
            "code": {"code": self.document.code},
            "unit": {"pk": self.at.unit.pk},
            "term": {"pk": self.term.inspector_id, "term": self.term.pk},
            "printing": {"pk": self.printing.pk},
            "export": {"pk": self.export.pk},
            "saved-view": {"pk": self.saved_view.pk},
            "board": {"code": self.at.unit.code},
            "institution": {"pk": self.institution.pk},
            "inspector": {"pk": self.inspector.pk},
            "work": {"pk": self.inspector.pk, "work": self.work.pk},
            "application": {"pk": self.application.pk},
            "objection": {"pk": self.application.pk, "objection": self.objection.pk},
            "item": {"pk": self.item.pk},
            "term-plan": {"pk": self.term_plan.pk},
            "zone": {"pk": self.zone.pk},
            "import": {"pk": self.brought_in.pk},
            "version": {"version": current_versions()[0].hash},
            "versions": {"version": current_versions()[0].hash, "other": current_versions()[1].hash},
            "draft": {"pk": self.draft.pk},
        }
        if row.thing == "handover":  # what is taken or refused is taken off the disk, which nothing undoes
            self._lay_down(self.handover)
        return reverse(name, kwargs=things[row.thing] | row.kwargs)


def _photo() -> str:
    """The name of a kept photo, the same for every world."""
    name = "inspectors/matrix.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(factories.jpeg()))
    return name


def ask(client: Client, row: Row, address: str) -> int:
    if row.method == "get":
        return client.get(address).status_code
    if "json" in row.data:
        return client.post(address, json.dumps(row.data["json"]), content_type="application/json").status_code
    return client.post(address, row.data).status_code


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """Here and elsewhere, made once: each question is undone before the next."""
    with django_db_blocker.unblock(), undone():
        yield World(), World()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_each_role_finds_what_the_matrix_says(worlds, signed_in, name) -> None:
    row, (world, _elsewhere) = MATRIX[name], worlds
    for role in ROLES:
        expected = row.answer if role in row.own else row.but.get(role, row.other)
        with undone():
            status = ask(signed_in(world.person(role)), row, world.address(name, row))
        assert status == expected, f"{name} as {role}: {status}, the matrix says {expected}"


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_nobody_comes_in_without_signing_in(worlds, name) -> None:
    row, (world, _elsewhere) = MATRIX[name], worlds
    status = ask(Client(), row, world.address(name, row))
    assert status == row.anon, f"{name} as anyone: {status}, the matrix says {row.anon}"


@pytest.mark.parametrize("name", sorted(name for name, row in MATRIX.items() if row.thing))
def test_nobody_opens_what_belongs_to_another_place(worlds, signed_in, name) -> None:
    row, (here, elsewhere) = MATRIX[name], worlds
    for role in row.own:
        with undone():
            status = ask(signed_in(elsewhere.person(role)), row, here.address(name, row))
        assert status == row.stranger, f"{name} as {role} of elsewhere: {status}, must be {row.stranger}"


def test_lists_exports_and_search_hold_nothing_of_another_place(worlds, signed_in) -> None:
    here, elsewhere = worlds
    for role in ROLES:
        client = signed_in(elsewhere.person(role))
        for address in ("/", "/findings/?state=", "/visits/", "/visits/live/", "/units/", "/documents/", "/journal/", "/messages/", f"/search/?q={here.at.unit.name}", f"/search/?q={here.finding.number}"):  # fmt: skip
            page = client.get(address, follow=True).content.decode()
            told = page.replace(f'value="{here.at.unit.name}"', "").replace(
                f'value="{here.finding.number}"', ""
            )
            if role == "audit" and address == "/journal/":
                continue  # the administrator of audits reads the whole journal
            assert here.at.unit.name not in told, f"{address} as {role}"
            assert here.finding.number not in told, f"{address} as {role}"
