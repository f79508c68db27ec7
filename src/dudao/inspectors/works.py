"""Reports and studies of inspectors: taken in, given out, taken back."""

import zipfile
import zlib
from datetime import date
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from dudao.documents.wordreading import MAIN, has_macros
from dudao.inspectors.models import Inspector, Work
from dudao.journal import services as journal
from dudao.kernel.errors import Invalid
from dudao.kernel.ids import uuid7
from dudao.people.models import User

MOST_BYTES = 20 * 1024 * 1024
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@transaction.atomic
def add_work(one: Inspector, file: Any, *, kind: str, on: date, title: str, by: User) -> Work:
    """Keep a work as it was handed in. Raises Invalid for what is neither a PDF nor a Word file without macros."""
    suffix = _suffix_of(file)
    work = Work(
        inspector=one, kind=kind, on=on, title=title, size=file.size,
        file_name=f"{PurePath(file.name).stem[:190]}.{suffix}",
    )  # fmt: skip
    file.seek(0)
    work.file.save(f"{uuid7().hex}.{suffix}", ContentFile(file.read()), save=False)
    work.save()
    _tell("inspector.work", work, by=by, after={"kind": kind, "on": str(on), "title": title})
    return work


@transaction.atomic
def take_back(work: Work, *, by: User) -> None:
    """Remove a work that was handed in by mistake; the journal keeps that it was there."""
    storage, name = work.file.storage, work.file.name or ""
    _tell("inspector.work_taken_back", work, by=by, before={"title": work.title, "on": str(work.on)})
    work.delete()
    transaction.on_commit(lambda: storage.delete(name))


def content_type(work: Work) -> str:
    return TYPES[PurePath(work.file_name).suffix[1:]]


def _suffix_of(file: Any) -> str:
    """ "pdf" or "docx", by the content."""
    if file.size > MOST_BYTES:
        raise Invalid(_("文件超过 20 MB。请缩小后再上传。"), field="file")
    if file.read(5) == b"%PDF-":
        return "pdf"
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            is_word = MAIN in package.namelist()
            with_macros = has_macros(package)
    except (zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, ValueError, OSError) as error:
        raise _not_readable() from error
    if with_macros:
        raise Invalid(_("文件带有宏，不能上传。请另存为不带宏的 .docx 或 PDF。"), field="file")
    if not is_word:
        raise _not_readable()
    return "docx"


def _not_readable() -> Invalid:
    return Invalid(_("请上传 PDF 或 Word（.docx）文件。"), field="file")


def _tell(kind: str, work: Work, *, by: User, **what: Any) -> None:
    one = work.inspector
    journal.record(
        kind, by=by, obj=work, label=f"{one.user.name} {work.title}", region=one.region.path, **what
    )
