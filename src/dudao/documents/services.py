"""Issuing documents, making their files, and telling whether one is genuine."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from dudao.documents import codes, messages, official
from dudao.documents.kinds import OFFICIAL_SERIES
from dudao.documents.models import Bundle, Document, State
from dudao.documents.numbering import allot, document_number
from dudao.documents.official import OfficialDocument, Verification
from dudao.documents.states import Standing
from dudao.documents.tasks import bundle_later, render_later
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.ids import is_uuid
from dudao.kernel.text import clean, shorten
from dudao.people.models import User
from dudao.places.models import Region, Unit
from dudao.rules.queries import last_day, limit

MOST_BUNDLED = 500


@transaction.atomic
def issue(
    text: OfficialDocument,
    *,
    issuer: Region,
    by: User | None,
    unit: Unit | None = None,
    subject: models.Model | None = None,
    subject_key: tuple[str, str] = ("", ""),
    for_unit: bool = True,
    needs_receipt: bool = False,
    replaces: Document | None = None,
    word_sha256: str = "",
) -> Document:
    """Issue a document: number, verification code, journal; its files are made later.

    `text` brings everything but number and code. A document without a number in its shell ("record") gets one too.
    What it came of is told by `subject`, or by its type and key. With `needs_receipt` the unit must confirm it; its Word file
    is made from the one kept under `word_sha256`, where it names one.
    """
    number = document_number(issuer, allot(issuer, OFFICIAL_SERIES, text.issued_on.year), text.issued_on)
    code = codes.new_code()
    whole = replace(text, number=number, verification=Verification(code=code, url=verify_url(code)))
    document = Document.objects.create(
        kind=text.kind,
        number=number,
        title=shorten("".join(whole.title.split("\n")), 200),
        issuer=issuer,
        unit=unit,
        for_unit=for_unit,
        subject_type=subject._meta.label_lower if subject else subject_key[0],
        subject_id=str(subject.pk) if subject else subject_key[1],
        code=code,
        issued_on=text.issued_on,
        issued_by=by,
        source=official.to_plain(whole),
        standing=Standing.SENT if needs_receipt else Standing.ISSUED,
        receive_by=_receive_by(issuer) if needs_receipt else None,
        replaces=replaces,
        word_sha256=word_sha256,
    )
    journal.record(
        "document.issued",
        by=by,
        obj=document,
        label=f"{number} {document.title}",
        region=issuer.path,
        unit=unit.pk if unit else "",
        after={"number": number, "kind": text.kind},
    )
    render_later.enqueue(str(document.pk))
    if needs_receipt:
        messages.tell_sent(document)
    return document


def _receive_by(issuer: Region) -> date:
    today = clock.today()
    return last_day(today, limit("document.receipt", region=issuer, on=today))


@transaction.atomic
def receive(document: Document, *, name: str, by: User) -> Document:
    """The unit confirms that it has the document, under the name of a person. Raises Forbidden, Invalid, StaleState."""
    name = clean(name)
    if not Document.objects.visible_to(by, "document.receive").filter(pk=document.pk).exists():
        raise Forbidden
    if not name:
        raise Invalid(_("请填写签收人姓名。"), field="name")
    rows = Document.objects.filter(pk=document.pk, standing=Standing.SENT)
    if not rows.update(
        standing=Standing.RECEIVED, received_at=clock.now(), received_by=by, received_name=name
    ):
        raise StaleState(_("这份文书已经签收或已作废，请刷新页面。"))
    document.refresh_from_db()
    _tell("document.receive", document, by=by, after={"name": name})
    return document


@transaction.atomic
def void(document: Document, *, reason: str, by: User) -> Document:
    """Declare an issued document void. Its number stays used and its files stay as they are.

    Raises Forbidden, Invalid without a reason, StaleState when it is void already.
    """
    reason = clean(reason)
    if not Document.objects.visible_to(by, "document.sign").filter(pk=document.pk).exists():
        raise Forbidden
    if not reason:
        raise Invalid(_("请写明作废的原因。"), field="reason")
    rows = Document.objects.filter(pk=document.pk).exclude(standing=Standing.VOID)
    if not rows.update(
        standing=Standing.VOID, voided_at=clock.now(), voided_by=by, void_reason=shorten(reason, 500)
    ):
        raise StaleState(_("这份文书已经作废，请刷新页面。"))
    document.refresh_from_db()
    _tell("document.void", document, by=by, note=reason)
    messages.tell_void(document)
    return document


@transaction.atomic
def order_bundle(chosen: list[str], *, form: str, by: User) -> Bundle:
    """Have the chosen documents put into one file. Raises Invalid where there is none, or too many."""
    keys = [key for key in chosen if is_uuid(key)]
    rows = Document.objects.visible_to(by).filter(pk__in=keys)
    found = [str(pk) for pk in rows.order_by("issued_on", "number", "pk").values_list("pk", flat=True)]
    if not found:
        raise Invalid(_("请先勾选文书。"))
    if len(found) > MOST_BUNDLED:
        raise Invalid(_("一次最多合并 %(n)d 份文书。请分几次生成。") % {"n": MOST_BUNDLED})
    made = Bundle.objects.create(user=by, form=form, documents=found, total=len(found))
    journal.record(
        "document.bundle", by=by, obj=made, label=f"{form} × {len(found)}", after={"documents": len(found)}
    )
    bundle_later.enqueue(str(made.pk))
    return made


def _tell(kind: str, document: Document, *, by: User, note: str = "", **what: Any) -> None:
    journal.record(
        kind, by=by, obj=document, label=f"{document.number} {document.title}", region=document.issuer.path,
        unit=document.unit_id or "", note=note, **what,
    )  # fmt: skip


def verify_url(code: str) -> str:
    """The public address the QR code opens."""
    return f"{settings.PUBLIC_URL}/v/{code}/"


@dataclass(frozen=True)
class VerifiedDocument:
    """What anyone may know of a document whose code they hold. Hashes are "" until the files are made."""

    code: str
    number: str
    title: str
    kind_label: str
    issuer: str
    issued_on: date
    is_ready: bool
    voided_on: date | None
    replaced_by: str
    pdf_sha256: str
    docx_sha256: str

    def matches(self, sha256: str) -> bool:
        """Whether this is the hash of one of its files."""
        asked = sha256.strip().lower()
        return bool(asked) and asked in (self.pdf_sha256, self.docx_sha256)


def verify(code: str) -> VerifiedDocument | None:
    """The document with this code, however it was typed; None when there is none."""
    wanted = codes.as_typed(code)
    found = Document.objects.select_related("issuer").filter(code=wanted).first() if wanted else None
    if found is None:
        return None
    later = Document.objects.filter(replaces=found).first()
    return VerifiedDocument(
        code=found.code,
        number=found.number,
        title=found.title,
        kind_label=found.get_kind_display(),
        issuer=found.issuer.office or found.issuer.name,
        issued_on=found.issued_on,
        is_ready=found.state == State.READY,
        voided_on=timezone.localtime(found.voided_at).date() if found.voided_at else None,
        replaced_by=later.number if later else "",
        pdf_sha256=found.pdf_sha256,
        docx_sha256=found.docx_sha256,
    )
