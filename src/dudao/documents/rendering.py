"""Making the files of an issued document, once."""

import gc
import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction

from dudao.documents import docx, figures, official, pdf, wordreading
from dudao.documents.models import Document, State
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.text import shorten


def files() -> Storage:
    """Where documents' files are kept: never overwritten, named by their SHA-256."""
    return storages["documents"]


def path_of(sha256: str, suffix: str) -> str:
    """The write-once place of a file."""
    return f"{sha256[:2]}/{sha256}.{suffix}"


def render(document_id: str) -> Document:
    """Make PDF and DOCX, keep them, note their hashes. Done already: nothing happens.

    Whatever goes wrong is noted on the document and raised again, so that the queue tries later.
    """
    document = Document.objects.select_related("issuer").get(pk=document_id)
    if document.state == State.READY:
        return document
    try:
        text = official.from_plain(document.source)
        made = {"pdf": pdf.render(text, figures.load), "docx": _word(document, text)}
        hashes = {suffix: keep(body, suffix) for suffix, body in made.items()}
    except Exception as error:
        _note_failure(document, error)
        raise
    gc.collect()  # python-docx's objects hold each other and their pictures; else a worker keeps many documents' photos
    _note_files(document, hashes, {suffix: len(body) for suffix, body in made.items()})
    document.refresh_from_db()
    return document


def _word(document: Document, text: official.OfficialDocument) -> bytes:
    """The Word file: the one a person changed, with number and day put in, or one made from the text."""
    if not document.word_sha256:
        return docx.render(text, figures.load)
    with files().open(path_of(document.word_sha256, "docx")) as file:
        return wordreading.filled(file.read(), number=document.number, on=document.issued_on)


def keep(body: bytes, suffix: str) -> str:
    """Store a file under its hash. The same bytes stored twice are stored once, by two workers too."""
    sha256 = hashlib.sha256(body).hexdigest()
    wanted = path_of(sha256, suffix)
    if not files().exists(wanted):
        given = files().save(wanted, ContentFile(body))
        if given != wanted:  # another worker was faster
            files().delete(given)
    return sha256


@transaction.atomic
def _note_files(document: Document, hashes: dict[str, str], sizes: dict[str, int]) -> None:
    moved = Document.objects.filter(pk=document.pk).exclude(state=State.READY)
    changed = moved.update(
        state=State.READY,
        pdf_sha256=hashes["pdf"],
        pdf_size=sizes["pdf"],
        docx_sha256=hashes["docx"],
        docx_size=sizes["docx"],
        rendered_at=clock.now(),
        error="",
    )
    if changed:
        journal.record(
            "document.rendered",
            by=None,
            obj=document,
            label=f"{document.number} {document.title}",
            region=document.issuer.path,
            unit=document.unit_id or "",
            after={"pdf_sha256": hashes["pdf"], "docx_sha256": hashes["docx"]},
        )


def _note_failure(document: Document, error: Exception) -> None:
    reason = shorten(f"{type(error).__name__}: {error}", 1000)
    Document.objects.filter(pk=document.pk).exclude(state=State.READY).update(
        state=State.FAILED, error=reason
    )


def file_name(document: Document) -> str:
    """Number and title, without what a file system does not take; of a void document it says so first."""
    name = f"{'【作废】' if document.is_void else ''}{document.number} {document.title}"
    return "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in name)[:120]
