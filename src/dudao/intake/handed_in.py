"""Evidence handed in on a page (a school's photos before and after), stored like what phones send."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from dudao.intake.models import EvidenceFile
from dudao.intake.sniff import HEAD_BYTES, agrees, sniff
from dudao.intake.stores import evidence_store
from dudao.kernel import clock
from dudao.kernel.errors import Invalid
from dudao.kernel.text import clean, shorten
from dudao.people.access import Anyone
from dudao.people.models import User

LARGEST_PICTURE = 20 * 1024 * 1024
NO_ENTRY = UUID(int=0)  # it came by a page, not by an entry


def store_picture(file: "UploadedFile[Any]", *, by: User) -> EvidenceFile:
    """Store one picture from a form. Raises Invalid when it is no picture or too large; nothing is stored then."""
    name = shorten(clean(file.name or ""), 200)
    if (file.size or 0) > LARGEST_PICTURE:
        raise Invalid(_("照片“%(name)s”超过 20 MB，请压缩后再上传。") % {"name": name})
    body = file.read()
    if not sniff(body[:HEAD_BYTES]).startswith("image/"):
        raise Invalid(_("“%(name)s”不是照片，请上传 JPG、PNG 等图片文件。") % {"name": name})
    return store_bytes(body, name=name, content_type=file.content_type or "", by=by)


def store_bytes(body: bytes, *, name: str, content_type: str, by: User) -> EvidenceFile:
    """Store `body` under its hash; the same bytes again are the same file."""
    sha256 = hashlib.sha256(body).hexdigest()
    known = EvidenceFile.objects.filter(sha256=sha256).first()
    if known is not None:
        return known
    store = evidence_store()
    with tempfile.NamedTemporaryFile(dir=store.uploads, prefix="page-") as part:
        part.write(body)
        part.flush()
        store.keep(Path(part.name), sha256)
    found = sniff(body[:HEAD_BYTES])
    row, _made = EvidenceFile.objects.get_or_create(
        sha256=sha256,
        defaults={
            "size": len(body),
            "declared_type": content_type[:100],
            "sniffed_type": found,
            "trusted": agrees(content_type, found),
            "name": name,
            "path": store.name_of(sha256),
            "received_at": clock.now(),
            "entry_id": NO_ENTRY,
            "user_id": by.pk,
        },
    )
    return row


def handed_in_by(user: Anyone, sha256: str) -> bool:
    """Whoever handed a file in may look at it, also before it belongs to anything."""
    return isinstance(user, User) and EvidenceFile.objects.filter(sha256=sha256, user_id=user.pk).exists()
