"""Writing, reviewing, signing and issuing a document (拟稿、审核、签发). Every step is one transaction, one event."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import msgspec
from django.db import models, transaction
from django.utils.translation import gettext as _
from msgspec.structs import replace

from dudao.documents import (
    access,
    bodies,
    messages,
    official,
    queries,
    rendering,
    seals,
    services,
    wording,
    wordreading,
)
from dudao.documents.kinds import NEED_ADDRESSEE, NEED_RECEIPT
from dudao.documents.models import Document, Draft
from dudao.documents.official import Block, OfficialDocument
from dudao.documents.states import MOVES, WITH_WRITER, DraftState, Move
from dudao.documents.wordreading import Difference
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean, shorten
from dudao.people.access import unit_scope
from dudao.people.models import User
from dudao.places.models import Region, Unit

SEVERAL = list[Block]


class Figure(NamedTuple):
    """A figure of a document and the address of the rows it was counted from."""

    label: str
    value: str
    url: str


class Typed(NamedTuple):
    """A text as its form brings it."""

    title: str
    addressee: str
    body: str
    copies: str


@transaction.atomic
def draft(
    text: OfficialDocument,
    *,
    issuer: Region,
    by: User,
    unit: Unit | None = None,
    subject: models.Model | None = None,
    for_unit: bool = False,
    figures: Sequence[Figure] = (),
    replaces: Document | None = None,
) -> Draft:
    """Begin a draft with a text drawn from the data. Raises Forbidden where `by` may not write there."""
    one = Draft.objects.create(
        kind=text.kind,
        title=_flat(text.title),
        issuer=issuer,
        unit=unit,
        for_unit=for_unit,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        content=official.to_plain(text),
        pieces=msgspec.to_builtins(bodies.pieces_of(text)),
        figures=[list(figure) for figure in figures],
        drafted_by=by,
        writers=[by.pk],
        replaces=replaces,
    )
    if not _may_write(one, by):
        raise Forbidden
    _tell("draft.begin", one, by=by)
    return one


def replacing(document: Document, *, by: User) -> Draft:
    """Begin the draft of what takes a void document's place, with its text. Raises Invalid where it has one already."""
    under_way = Draft.objects.filter(replaces=document).exclude(state=DraftState.DROPPED)
    if under_way.exists() or Document.objects.filter(replaces=document).exists():
        raise Invalid(_("这份文书已经有替代文书，或正在拟写。"))
    text = replace(official.from_plain(document.source), number="", verification=None, seal="")
    before = queries.draft_of(document)
    made = draft(
        text, issuer=document.issuer, unit=document.unit, for_unit=document.for_unit, by=by, replaces=document,
        figures=[Figure(*figure) for figure in before.figures] if before else (),
    )  # fmt: skip
    Draft.objects.filter(pk=made.pk).update(
        subject_type=document.subject_type, subject_id=document.subject_id
    )
    return made


def _may_write(one: Draft, by: User) -> bool:
    """Whoever drafts for the office or the school; about no single school, also the inspectors of schools there."""
    if Draft.objects.filter(access.reach(by, "document.draft"), pk=one.pk).exists():
        return True
    schools = Unit.objects.filter(unit_scope(by, "document.draft", unit=""))
    return one.unit_id is None and schools.filter(region=one.issuer_id).exists()


def text_of(one: Draft) -> OfficialDocument:
    return official.from_plain(one.content)


def pieces_of(one: Draft) -> SEVERAL:
    """The tables and pictures the text may name."""
    return msgspec.convert(one.pieces, type=SEVERAL)


@transaction.atomic
def edit(one: Draft, typed: Typed, *, seen: int, by: User) -> Draft:
    """Keep a changed text. Raises StaleState when it was changed or handed in meanwhile, Invalid for what cannot be set."""
    _check_right(one, "document.draft", by)
    title = "\n".join(filter(None, (line.strip() for line in clean(typed.title).split("\n"))))
    if not title:
        raise Invalid(_("请填写标题。"), field="title")
    body = bodies.read(clean_body(typed.body), pieces_of(one))
    text = replace(
        text_of(one),
        title=title,
        addressee=clean(typed.addressee).rstrip("：:"),
        blocks=body.blocks,
        attachments=body.attachments,
        copies_to=tuple(filter(None, (part.strip(" 。") for part in clean(typed.copies).split("\n")))),
    )
    return keep(one, text, seen=seen, by=by)


def from_word(one: Draft, body: bytes) -> tuple[OfficialDocument, SEVERAL]:
    """What the draft would say after its Word file was changed, and its tables and pictures. Raises Invalid."""
    text, pieces = text_of(one), pieces_of(one)
    found = wordreading.read(body, text, pieces)
    if not found.title:
        raise Invalid(_("文件里没有标题。"), field="file")
    read = bodies.read(clean_body(found.body), found.pieces)
    changed = replace(
        text, title=found.title, addressee=found.addressee, blocks=read.blocks, attachments=read.attachments
    )
    return changed, list(found.pieces)


def differences(one: Draft, changed: OfficialDocument) -> list[Difference]:
    """Where a changed text differs from the draft, in reading order."""
    before, after = wordreading.lines_of(text_of(one)), wordreading.lines_of(changed)
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [
        Difference("\n".join(before[a:b]), "\n".join(after[c:d]))
        for tag, a, b, c, d in found
        if tag != "equal"
    ]


@transaction.atomic
def accept_word(one: Draft, body: bytes, *, seen: int, by: User) -> Draft:
    """Take the text of a changed Word file, and the file itself as the document's. Raises as `edit`."""
    _check_right(one, "document.draft", by)
    changed, pieces = from_word(one, body)
    sha256 = rendering.keep(body, "docx")
    return keep(one, changed, seen=seen, by=by, word_sha256=sha256, pieces=msgspec.to_builtins(pieces))


@transaction.atomic
def keep(one: Draft, text: OfficialDocument, *, seen: int, by: User, **more: Any) -> Draft:
    """Write a new text over the one seen. The caller checked the right."""
    rows = Draft.objects.filter(pk=one.pk, version=seen, state__in=WITH_WRITER)
    more.setdefault("word_sha256", "")  # a Word file read before no longer says what the text says
    changed = rows.update(
        title=_flat(text.title), content=official.to_plain(text), version=seen + 1, changed_at=clock.now(),
        writers=sorted({*one.writers, by.pk}), **more,
    )  # fmt: skip
    if not changed:
        raise StaleState(
            _("这份拟稿已被他人修改或已送审。您填写的内容还在，请刷新另一页对照后再保存。"), seen=seen
        )
    one.refresh_from_db()
    _tell("draft.edit", one, by=by, after={"version": one.version})
    return one


@transaction.atomic
def move(one: Draft, name: str, *, seen: str, version: int, by: User, note: str = "") -> Draft:
    """Make one move of `states.MOVES`. Raises Forbidden, Invalid without a reason or for a text that is not ready, or
    StaleState if someone was faster."""
    step, note = MOVES[name], clean(note)
    _check_right(one, step.capability, by)
    if step.by_other and by.pk in one.writers:
        raise Forbidden(_("审核人、签发人不能是拟稿人。"))
    if step.by_writer and by.pk not in one.writers:
        raise Forbidden(_("只有拟稿人可以这样做。"))
    if step.needs_note and not note:
        raise Invalid(_("请写明退回的原因。"), field="note")
    if name in ("submit", "issue"):
        _check_ready(one)
    changes: dict[str, Any] = {"reviewed_by": by} if name == "pass" else {}
    if name == "issue":
        changes = {"signed_by": by, "document": _issue(one, step, seen, version, by=by)}
    rows = Draft.objects.filter(pk=one.pk, state=seen, version=version)
    if seen not in step.sources or not rows.update(state=step.target, changed_at=clock.now(), **changes):
        raise StaleState(_("这份文书的状态已变化，请刷新后再试。"), move=name, seen=seen)
    one.refresh_from_db()
    _tell(f"draft.{name}", one, by=by, note=note, before={"state": seen}, after={"state": one.state})
    messages.tell_moved(name, one, by=by, note=note)
    return one


def _issue(one: Draft, step: Move, seen: str, version: int, *, by: User) -> Document:
    """The document, with the next number of its office. The row is held first: of two who sign, one gets a number."""
    held = Draft.objects.filter(pk=one.pk, state=seen, version=version).update(changed_at=clock.now())
    if seen not in step.sources or not held:
        raise StaleState(_("这份文书的状态已变化，请刷新后再试。"), seen=seen)
    today = clock.today()
    text = text_of(one)
    names = (one.issuer.office or one.issuer.name, wording.organ_of(one.kind, one.issuer))
    seal = (
        seals.source_of(one.issuer) if text.organ in names else ""
    )  # what others put their name to bears no seal
    text = replace(text, issued_on=today, printed_on=today, seal=seal)
    return services.issue(
        text,
        issuer=one.issuer,
        unit=one.unit,
        subject_key=(one.subject_type, one.subject_id),
        by=by,
        for_unit=one.for_unit,
        word_sha256=one.word_sha256,
        needs_receipt=one.unit is not None and one.kind in NEED_RECEIPT,
        replaces=one.replaces,
    )


def _check_ready(one: Draft) -> None:
    text = text_of(one)
    if one.kind in NEED_ADDRESSEE and not text.addressee:
        raise Invalid(_("请先填写主送单位并保存，再送审。"), field="addressee")
    if not text.blocks:
        raise Invalid(_("正文是空的。请先写正文并保存，再送审。"), field="body")


def _check_right(one: Draft, capability: str, by: User) -> None:
    if not Draft.objects.visible_to(by, capability).filter(pk=one.pk).exists():
        raise Forbidden


def clean_body(text: str) -> str:
    """As `clean`, but a blank at the beginning of a line keeps its meaning."""
    return "\n".join(
        (bodies.BLANK if line[:1] in (" ", "\t", bodies.BLANK) else "") + clean(line)
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )


def _flat(title: str) -> str:
    return shorten("".join(title.split("\n")), 200)


def _tell(kind: str, one: Draft, *, by: User, note: str = "", **what: Any) -> None:
    journal.record(
        kind,
        by=by,
        obj=one,
        label=one.title,
        region=one.issuer.path,
        unit=one.unit_id or "",
        note=note,
        **what,
    )
