"""Issuing documents, making their files, and telling whether one is genuine."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import models, transaction
from msgspec.structs import replace

from dudao.documents import codes, official
from dudao.documents.kinds import OFFICIAL_SERIES
from dudao.documents.models import Document, State
from dudao.documents.numbering import allot, document_number
from dudao.documents.official import OfficialDocument, Verification
from dudao.documents.tasks import render_later
from dudao.journal import services as journal
from dudao.kernel.text import shorten
from dudao.people.models import User
from dudao.places.models import Region, Unit


@transaction.atomic
def issue(
    text: OfficialDocument,
    *,
    issuer: Region,
    by: User | None,
    unit: Unit | None = None,
    subject: models.Model | None = None,
    for_unit: bool = True,
) -> Document:
    """Issue a document: number, verification code, journal; its files are made later.

    `text` brings everything but number and code. A document without a number in its shell ("record") gets one too.
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
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        code=code,
        issued_on=text.issued_on,
        issued_by=by,
        source=official.to_plain(whole),
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
    return document


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
    return VerifiedDocument(
        code=found.code,
        number=found.number,
        title=found.title,
        kind_label=found.get_kind_display(),
        issuer=found.issuer.office or found.issuer.name,
        issued_on=found.issued_on,
        is_ready=found.state == State.READY,
        pdf_sha256=found.pdf_sha256,
        docx_sha256=found.docx_sha256,
    )
