"""Many documents in one file: a PDF to print, or an archive of all their files."""

import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy

from dudao.documents import messages
from dudao.documents.joining import Joiner
from dudao.documents.models import Bundle, Document, State
from dudao.documents.orders import Made, carry_out
from dudao.documents.rendering import file_name, files, path_of

REASONS = {
    "waiting": gettext_lazy("文件还没有生成"),
    "void": gettext_lazy("已作废，不列入打印"),
    "gone": gettext_lazy("您已无权查看"),
}


def make(pk: str) -> None:
    """Make the file of an order."""
    carry_out(Bundle, pk, lambda one, out, told: _WRITERS[one.form](one, out, told), messages.tell_made)


Told = Callable[[int], None]


def _write_pdf(bundle: Bundle, out: BinaryIO, told: Told) -> Made:
    left_out: list[list[str]] = []
    joined, count = Joiner(out, title="文书"), 0
    for document in _documents(bundle, left_out, told):
        if document.is_void:
            left_out.append([f"{document.number} {document.title}", "void"])
            continue
        with files().open(path_of(document.pdf_sha256, "pdf")) as file:
            joined.add(file.read())
        count += 1
    if count:
        joined.close()
    return Made(count, "pdf", left_out)


def _write_zip(bundle: Bundle, out: BinaryIO, told: Told) -> Made:
    left_out: list[list[str]] = []
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for document in _documents(bundle, left_out, told):
            for suffix, sha256 in (("pdf", document.pdf_sha256), ("docx", document.docx_sha256)):
                with files().open(path_of(sha256, suffix)) as file:
                    archive.writestr(f"{file_name(document)}.{suffix}", file.read())
            count += 1
    return Made(count, "zip", left_out)


_WRITERS = {Bundle.PDF: _write_pdf, Bundle.ZIP: _write_zip}


def _documents(bundle: Bundle, left_out: list[list[str]], told: Told) -> Iterator[Document]:
    """The ordered documents that can be read, one at a time; what is left out, and why, is noted on the way."""
    for done, pk in enumerate(bundle.documents, start=1):
        document = Document.objects.visible_to(bundle.user).defer("source").filter(pk=pk).first()
        if document is None:
            left_out.append(["—", "gone"])
        elif document.state != State.READY:
            left_out.append([f"{document.number} {document.title}", "waiting"])
        else:
            yield document
        told(done)
