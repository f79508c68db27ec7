"""A document from draft to issue: who takes which step, what is refused, what is kept."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from dudao.documents import bodies, drafting, official, services
from dudao.documents.models import Document, Draft, NumberSeries
from dudao.documents.official import Heading, Paragraph, Table
from dudao.documents.states import MOVES, DraftState, Standing
from dudao.documents.tasks import remind_unreceived
from dudao.findings import papers
from dudao.findings.models import Finding
from dudao.journal.models import Event, Unsealed
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden, Invalid
from dudao.notify.models import Message
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Region, Unit
from tests import factories
from tests.documents.test_issue import in_threads


@pytest.fixture
def colleague(at) -> User:
    return factories.person(Role.COUNTY_OFFICE, of=at.county)


@pytest.fixture
def problem(at) -> Finding:
    return factories.finding(at)


def begin(at, finding, kind="rectify-notice", *, by=None) -> Draft:
    return papers.draft(kind, Finding.objects.filter(pk=finding.pk), by=by or at.officer)


def step(client, draft: Draft, name: str, **data):
    draft.refresh_from_db()
    sent = {"seen": draft.state, "version": draft.version, "note": "", **data}
    return client.post(reverse("documents:draft-move", args=[draft.pk, name]), sent)


def to_sign(client_of_writer, client_of_other, draft: Draft) -> None:
    assert step(client_of_writer, draft, "submit").status_code == 302
    assert step(client_of_other, draft, "pass", note="内容属实").status_code == 302


def test_a_notice_goes_from_one_click_to_the_school_s_receipt(at, problem, colleague, signed_in) -> None:
    writer, other = signed_in(at.officer), signed_in(colleague)
    page = writer.post(reverse("findings:papers"), {"chosen": [problem.pk]}).content.decode()
    assert "整改通知书" in page
    answer = writer.post(reverse("findings:draft", args=["rectify-notice"]), {"chosen": [problem.pk]})
    draft = Draft.objects.get()
    assert answer.url == reverse("documents:draft", args=[draft.pk])
    shown = writer.get(answer.url).content.decode()
    for told in (problem.number, at.unit.name, "〔表1〕", "5个工作日"):
        assert told in shown, told
    (onward,) = BeautifulSoup(shown, "html.parser").select(".next-step")
    assert "保存并送审" in onward.get_text(), "giving it up is not the next step"
    to_sign(writer, other, draft)
    answer = step(other, draft, "issue")
    document = Document.objects.get(draft=draft)
    assert answer.url == reverse("documents:show", args=[document.pk])
    assert document.number == f"{at.county.office_mark}〔{document.issued_on.year}〕{number_of(document)}号"
    assert (document.standing, document.issued_by) == (Standing.SENT, colleague)
    school = signed_in(at.head)
    assert document.title in school.get(reverse("documents:list")).content.decode()
    address = reverse("documents:receive", args=[document.pk])
    assert school.post(address, {"name": " "}).status_code == 422
    assert school.post(address, {"name": "王主任"}).status_code == 302
    document.refresh_from_db()
    assert (document.standing, document.received_name, document.received_by) == (
        Standing.RECEIVED,
        "王主任",
        at.head,
    )
    assert school.post(address, {"name": "再签"}).status_code == 409
    kinds = list(Event.objects.filter(object_id=str(draft.pk)).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["draft.begin", "draft.submit", "draft.pass", "draft.issue"]
    timeline = other.get(reverse("documents:show", args=[document.pk])).content.decode()
    assert "内容属实" in timeline
    assert "内容属实" not in school.get(reverse("documents:show", args=[document.pk])).content.decode()


def number_of(document: Document) -> int:
    return NumberSeries.objects.get(issuer=document.issuer, series="document").last


def test_who_wrote_does_not_review_or_sign(at, problem, colleague, signed_in) -> None:
    draft = begin(at, problem)
    writer, other = signed_in(at.officer), signed_in(colleague)
    assert step(writer, draft, "submit").status_code == 302
    assert step(writer, draft, "pass").status_code == 403
    assert step(other, draft, "return", note="依据不全").status_code == 302
    text = drafting.text_of(draft)
    changed = {"title": text.title, "addressee": text.addressee, "body": "改过的正文", "copies": ""}
    draft.refresh_from_db()
    assert other.post(reverse("documents:draft", args=[draft.pk]), {**changed, "version": draft.version}).status_code == 302  # fmt: skip
    assert step(writer, draft, "submit").status_code == 302
    assert step(other, draft, "pass").status_code == 403, "who changed the text is a writer too"


def test_an_inspector_writes_and_the_office_reviews(at, problem, signed_in) -> None:
    draft = begin(at, problem, by=at.inspector)
    assert step(signed_in(at.inspector), draft, "submit").status_code == 302
    assert Message.objects.filter(kind="draft.submit", recipient=at.officer).exists()
    waits = signed_in(at.officer).get(reverse("documents:list")).content.decode()
    assert "等我办理" in waits
    assert draft.title in waits
    assert step(signed_in(at.inspector), draft, "pass").status_code == 403
    assert step(signed_in(at.officer), draft, "pass").status_code == 302


def test_a_school_and_an_auditor_see_no_draft(at, problem, signed_in) -> None:
    draft = begin(at, problem)
    for user in (at.head, at.auditor):
        assert signed_in(user).get(reverse("documents:draft", args=[draft.pk])).status_code == 403
    assert not Draft.objects.visible_to(at.head).exists()
    elsewhere = factories.place()
    assert signed_in(elsewhere.officer).get(reverse("documents:draft", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("name", ["return", "refuse"])
def test_a_return_needs_a_reason_and_shows_it(at, problem, colleague, signed_in, name) -> None:
    draft = begin(at, problem)
    writer, other = signed_in(at.officer), signed_in(colleague)
    step(writer, draft, "submit")
    if name == "refuse":
        step(other, draft, "pass")
    refused = step(other, draft, name, note="  ")
    assert refused.status_code == 422
    assert "请填写这一项" in refused.content.decode()
    assert step(other, draft, name, note="请补充依据").status_code == 302
    draft.refresh_from_db()
    assert draft.state == DraftState.RETURNED
    assert "请补充依据" in writer.get(reverse("documents:draft", args=[draft.pk])).content.decode()
    assert Message.objects.get(kind=f"draft.{name}", recipient=at.officer).params["note"] == "请补充依据"


def test_every_move_from_every_other_state_is_refused(at, problem, colleague) -> None:
    draft = begin(at, problem)
    for name, move in MOVES.items():
        for state in DraftState:
            if state in move.sources or state == DraftState.ISSUED:
                continue
            Draft.objects.filter(pk=draft.pk).update(state=state)
            by = colleague if move.by_other else at.officer
            with pytest.raises(DudaoError):
                drafting.move(Draft.objects.get(pk=draft.pk), name, seen=state, version=1, by=by, note="n")
    assert not Document.objects.filter(kind="rectify-notice").exists()


def test_what_two_people_write_at_once_is_not_lost(at, problem, colleague, signed_in) -> None:
    draft = begin(at, problem)
    first, second = signed_in(at.officer), signed_in(colleague)
    typed = {"version": 1, "title": "标题", "addressee": "学校", "copies": ""}
    address = reverse("documents:draft", args=[draft.pk])
    assert first.post(address, {**typed, "body": "先存的正文"}).status_code == 302
    late = second.post(address, {**typed, "body": "后存的正文"})
    assert late.status_code == 409
    assert "后存的正文" in late.content.decode()
    assert "先存的正文" in second.get(address).content.decode()


def test_a_fault_in_the_text_is_told_at_its_field_with_all_that_was_typed(at, problem, signed_in) -> None:
    draft = begin(at, problem)
    typed = {
        "version": 1,
        "title": "标题",
        "addressee": "学校",
        "copies": "",
        "body": "一、情况\n〔表7〕\n很长的话",
    }
    answer = signed_in(at.officer).post(reverse("documents:draft", args=[draft.pk]), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "没有对应的表格或图片" in page
    assert "〔表1〕" in page
    assert "很长的话" in page


def test_a_letter_without_an_addressee_is_not_handed_in(at, problem, signed_in) -> None:
    draft = begin(at, problem, "consultation")
    answer = step(signed_in(at.officer), draft, "submit")
    assert answer.status_code == 422
    assert "主送单位" in answer.content.decode()


def test_the_text_comes_back_as_it_was(at, problem) -> None:
    draft = begin(at, problem)
    text, pieces = drafting.text_of(draft), drafting.pieces_of(draft)
    body = bodies.read(bodies.typed(text, pieces), pieces)
    assert (body.blocks, body.attachments) == (text.blocks, text.attachments)
    ledger = drafting.text_of(begin(at, problem, "rectification-ledger"))
    pieces = bodies.pieces_of(ledger)
    body = bodies.read(bodies.typed(ledger, pieces), pieces)
    assert (body.blocks, body.attachments) == (ledger.blocks, ledger.attachments)
    assert body.attachments[0].landscape


def test_what_clerks_type_becomes_headings_paragraphs_and_annexes() -> None:
    table = Table(columns=(official.Column(title="a"),), rows=(("b",),))
    body = bodies.read(
        "一、情况\n（一）概况\n1.第一项\n（2）第二项\n3.5%的学校\n\n　一、不是标题\n〔表1〕\n附件2（横页）：明细表\n〔表1〕",
        [table],
    )
    assert body.blocks == (
        Heading("情况", 1), Heading("概况", 2), Heading("第一项", 3), Heading("第二项", 4), Paragraph("3.5%的学校"),
        Paragraph("一、不是标题"), table,
    )  # fmt: skip
    assert body.attachments == (official.Attachment("明细表", (table,), landscape=True),)


def test_an_issued_document_is_void_with_a_reason_and_replaced(at, problem, colleague, signed_in) -> None:
    draft = begin(at, problem)
    writer, other = signed_in(at.officer), signed_in(colleague)
    to_sign(writer, other, draft)
    step(other, draft, "issue")
    document = Document.objects.get(draft=draft)
    address = reverse("documents:void", args=[document.pk])
    assert other.post(address, {"reason": ""}).status_code == 422
    assert other.post(address, {"reason": "学校名称有误"}).status_code == 302
    assert other.post(address, {"reason": "又一次"}).status_code == 409
    assert Message.objects.filter(kind="document.void", recipient=at.head).exists()
    page = signed_in(at.head).get(reverse("documents:show", args=[document.pk])).content.decode()
    assert "学校名称有误" in page
    made = writer.post(reverse("documents:replace", args=[document.pk]))
    later = Draft.objects.get(replaces=document)
    assert made.url == reverse("documents:draft", args=[later.pk])
    assert drafting.text_of(later).number == ""
    assert writer.post(reverse("documents:replace", args=[document.pk])).status_code == 422
    to_sign(writer, other, later)
    step(other, later, "issue")
    new = Document.objects.get(replaces=document)
    assert number_of(new) > 0
    assert new.number != document.number
    public = writer.get(reverse("portal:verify", args=[document.code])).content.decode()
    assert "已作废" in public
    assert new.number in public
    assert "核验通过" not in public


def test_of_two_who_sign_at_once_one_gets_a_number(shared_database) -> None:
    """Two officers on one draft, while eight issue drafts of their own: every number once, without a gap."""
    start, numbers, keys = Barrier(8, timeout=30), [], {}

    def prepare() -> None:
        at = factories.place()
        keys["at"] = at
        keys["signers"] = [factories.person(Role.COUNTY_OFFICE, of=at.county) for _one in range(2)]
        drafts = []
        for _number in range(4):
            draft = drafting.draft(short(at), issuer=at.county, by=at.officer)
            Draft.objects.filter(pk=draft.pk).update(state=DraftState.SIGNING)
            drafts.append(draft.pk)
        keys["drafts"] = drafts

    def sign(worker: int) -> None:
        draft = Draft.objects.get(pk=keys["drafts"][worker // 2])
        start.wait()
        with suppress(DudaoError):
            moved = drafting.move(
                draft, "issue", seen=DraftState.SIGNING, version=1, by=keys["signers"][worker % 2]
            )
            numbers.append(moved.document.number)

    last = []

    def look() -> None:
        last.append(NumberSeries.objects.get(issuer=keys["at"].county, series="document").last)
        if connection.vendor == "postgresql":
            clear()

    in_threads(prepare)
    in_threads(*(partial(sign, worker) for worker in range(8)))
    in_threads(look)
    assert len(numbers) == len(set(numbers)) == 4
    assert last == [4]


def short(at) -> official.OfficialDocument:
    return official.OfficialDocument(
        kind="notice",
        title="通知",
        issued_on=clock.today(),
        blocks=(Paragraph("一切正常。"),),
        mark="督导室",
        organ="督导室",
    )


LEFT = (
    Unsealed,
    Event,
    Draft,
    Document,
    NumberSeries,
    Message,
    DBTaskResult,
    Grant,
    Assignment,
    User,
    Unit,
    Region,
)


def clear() -> None:
    """What a test leaves in PostgreSQL it must delete itself; the journal's triggers rest for that moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for model in LEFT:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_document_not_received_in_time_is_told_once(at, problem) -> None:
    draft = begin(at, problem)
    document = services.issue(
        drafting.text_of(draft), issuer=at.county, unit=at.unit, by=at.officer, needs_receipt=True
    )
    assert remind_unreceived() == 0
    with clock.set_to(clock.now() + timedelta(days=20)):
        assert remind_unreceived() == 2
        assert remind_unreceived() == 0
    assert set(Message.objects.filter(kind="document.overdue").values_list("recipient", flat=True)) == {
        at.head.pk,
        at.officer.pk,
    }
    assert Document.objects.overdue(document.receive_by).count() == 0
    assert Document.objects.overdue(document.receive_by + timedelta(days=1)).count() == 1


def test_nobody_drafts_beyond_their_reach(at, problem) -> None:
    elsewhere = factories.place()
    with pytest.raises(Forbidden):
        begin(at, problem, by=elsewhere.officer)
    with pytest.raises(Invalid):
        papers.draft("rectify-notice", Finding.objects.none(), by=at.officer)


def test_text_is_saved_and_handed_in_by_one_button(at, problem, signed_in) -> None:
    draft = begin(at, problem)
    typed = {
        "version": 1,
        "title": "标题",
        "addressee": "学校",
        "copies": "",
        "body": "新写的正文",
        "do": "submit",
    }
    assert signed_in(at.officer).post(reverse("documents:draft", args=[draft.pk]), typed).status_code == 302
    draft.refresh_from_db()
    assert draft.state == DraftState.REVIEW
    assert drafting.text_of(draft).blocks == (Paragraph("新写的正文"),)
    begun = begin(at, problem)
    kept = signed_in(at.officer).post(
        reverse("documents:draft", args=[begun.pk]), {**typed, "addressee": " ", "body": "这段不能丢"}
    )
    assert kept.status_code == 422
    begun.refresh_from_db()
    assert "这段不能丢" in str(begun.content), "what cannot go on yet is saved all the same"
    again = BeautifulSoup(kept.content.decode(), "html.parser").find(attrs={"name": "version"})["value"]
    assert again == str(begun.version), "the next try begins from what was saved"
