"""Issuing: number, journal and files."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from dudao.documents import codes, figures, official, rendering, services
from dudao.documents.models import Document, NumberSeries, State
from dudao.documents.numbering import allot
from dudao.journal.models import Event
from dudao.places.models import Level, Region
from tests.documents import samples
from tests.documents.conftest import letter


def test_an_issued_document_has_a_number_a_code_and_an_event(county, issued):
    assert issued.number == "株天教督〔2026〕1号"
    assert issued.title == "关于泰山学校经常性督导情况的报告"
    text = official.from_plain(issued.source)
    assert (text.number, text.verification.code) == (issued.number, issued.code)
    assert text.verification.url.endswith(f"/v/{issued.code}/")
    event = Event.objects.get(kind="document.issued")
    assert (event.object_id, event.region_path, event.unit_id) == (
        str(issued.pk),
        "4302/11/",
        str(county.school.pk),
    )
    assert event.actor_id == county.people.inspector.pk


def test_its_files_are_queued_in_the_same_transaction(county):
    with suppress(ZeroDivisionError), transaction.atomic():
        services.issue(letter(), issuer=county.region, by=None)
        1 / 0  # noqa: B018 - the caller changes its mind
    assert not DBTaskResult.objects.exists()
    assert not Event.objects.filter(kind="document.issued").exists()
    assert services.issue(letter(), issuer=county.region, by=None).number.endswith("〕1号")
    assert DBTaskResult.objects.count() == 1


def test_each_office_and_year_counts_for_itself(county):
    numbers = [
        services.issue(letter(issued_on=day), issuer=region, by=None).number
        for region, day in [
            (county.region, samples.ISSUED_ON),
            (county.region, samples.ISSUED_ON),
            (county.region, samples.ISSUED_ON.replace(year=2027)),
            (county.other, samples.ISSUED_ON),
        ]
    ]
    assert numbers == [
        "株天教督〔2026〕1号",
        "株天教督〔2026〕2号",
        "株天教督〔2027〕1号",
        "株天教督〔2026〕1号",
    ]


def test_several_numbers_are_taken_together_and_the_next_goes_on_behind_them(county):
    with transaction.atomic():
        first = [allot(county.region, "finding", 2026, count=count) for count in (3, 1, 2)]
    assert first == [1, 4, 5]
    assert NumberSeries.objects.get(issuer=county.region, series="finding").last == 6


def test_a_number_cannot_be_had_without_a_transaction(county):
    refused = []

    def ask() -> None:
        try:
            allot(county.region, "document", 2026)
        except RuntimeError as error:
            refused.append(str(error))

    in_threads(ask)  # a thread has a connection of its own, outside the test's transaction
    assert len(refused) == 1


def test_eight_at_once_get_eight_numbers_without_a_gap(shared_database):
    """Some of them fail after they were given a number; no gap stays behind."""
    start, given, left = Barrier(8, timeout=30), [], []

    def prepare() -> None:
        Region.objects.create(code="9", name="天元区", level=Level.COUNTY, path="9/")

    def take(worker: int) -> None:
        region = Region.objects.get(code="9")
        start.wait()
        for turn in range(5):
            with suppress(ZeroDivisionError), transaction.atomic():
                number = allot(region, "document", 2026)
                assert (worker + turn) % 4 or 1 / 0
                given.append(number)

    def look() -> None:
        left.append(NumberSeries.objects.get(issuer__code="9").last)
        NumberSeries.objects.filter(issuer__code="9").delete()
        Region.objects.filter(code="9").delete()

    in_threads(prepare)
    in_threads(*(partial(take, worker) for worker in range(8)))
    in_threads(look)
    assert sorted(given) == list(range(1, 31))
    assert left == [30]


def in_threads(*works: Callable[[], None]) -> None:
    """Run each in a thread of its own, with a connection of its own."""

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_files_are_made_once_and_kept_under_their_hash(files_folder, issued):
    made = rendering.render(str(issued.pk))
    assert made.state == State.READY
    for sha256, size, suffix in (
        (made.pdf_sha256, made.pdf_size, "pdf"),
        (made.docx_sha256, made.docx_size, "docx"),
    ):
        body = (files_folder / rendering.path_of(sha256, suffix)).read_bytes()
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (sha256, size)
    assert Event.objects.get(kind="document.rendered").after["pdf_sha256"] == made.pdf_sha256
    again = rendering.render(str(issued.pk))
    assert again.rendered_at == made.rendered_at
    assert Event.objects.filter(kind="document.rendered").count() == 1
    assert len([path for path in files_folder.rglob("*") if path.is_file()]) == 2


def test_a_second_try_after_a_lost_worker_gives_the_same_files(files_folder, issued):
    first = rendering.render(str(issued.pk))
    Document.objects.update(state=State.WAITING, rendered_at=None, pdf_sha256="", docx_sha256="")
    second = rendering.render(str(issued.pk))
    assert (first.pdf_sha256, first.docx_sha256) == (second.pdf_sha256, second.docx_sha256)
    assert len([path for path in files_folder.rglob("*") if path.is_file()]) == 2


def test_what_goes_wrong_is_noted_and_can_be_run_again(files_folder, issued, settings):
    files_folder.write_text("a file where the folder should be")
    with pytest.raises(OSError):  # noqa: PT011 - the kind differs by system
        rendering.render(str(issued.pk))
    issued.refresh_from_db()
    assert issued.state == State.FAILED
    assert "Error" in issued.error
    files_folder.unlink()
    assert rendering.render(str(issued.pk)).error == ""


def test_pictures_come_from_the_room_that_registered_their_kind(monkeypatch):
    monkeypatch.setattr(figures, "_sources", {})
    figures.register_source("evidence", {"abc": b"jpeg"}.get)
    assert figures.load("evidence:abc") == b"jpeg"
    assert figures.load("evidence:absent") is None
    assert figures.load("elsewhere:abc") is None
    with pytest.raises(ValueError, match="twice"):
        figures.register_source("evidence", dict.get)


def test_anyone_with_the_code_can_check_a_document(files_folder, issued):
    waiting = services.verify(issued.code)
    assert (waiting.number, waiting.is_ready, waiting.pdf_sha256) == (issued.number, False, "")
    assert not waiting.matches("")
    made = rendering.render(str(issued.pk))
    found = services.verify(f" {issued.code.lower().replace('-', ' ')} ")
    assert (found.issuer, found.issued_on, found.is_ready) == (samples.ORGAN, samples.ISSUED_ON, True)
    assert found.matches(made.pdf_sha256.upper())
    assert found.matches(made.docx_sha256)
    assert not found.matches("0" * 64)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "code", ["", "AAAA", "K7M3-X9PT-4WQ0", "K7M3-X9PT-4WQD", "\x00" * 12, "K7M3X9PT4WQDD"]
)
def test_a_code_that_is_none_finds_nothing(code):
    assert services.verify(code) is None


def test_codes_have_no_letters_that_look_alike():
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01OILU")
    assert all(codes.as_typed(code) == code for code in made)
