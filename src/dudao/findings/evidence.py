"""Photos and files that go with a problem: storing what is handed in, and who may see it."""

from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from dudao.findings.models import Finding, Proof, ReportPhoto
from dudao.intake.handed_in import store_bytes
from dudao.intake.models import EvidenceFile
from dudao.intake.sniff import HEAD_BYTES, sniff
from dudao.kernel.errors import Invalid
from dudao.kernel.text import clean, shorten
from dudao.people.access import Anyone
from dudao.people.models import User

LARGEST_FILE = 20 * 1024 * 1024
ZIP, OLE = "application/zip", "application/x-ole-storage"
_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {  # suffix → what its first bytes say, and the type it is kept under
    ".pdf": ("application/pdf", "application/pdf"),
    ".docx": (ZIP, f"{_OFFICE}.wordprocessingml.document"),
    ".xlsx": (ZIP, f"{_OFFICE}.spreadsheetml.sheet"),
    ".pptx": (ZIP, f"{_OFFICE}.presentationml.presentation"),
    ".doc": (OLE, "application/msword"),
    ".xls": (OLE, "application/vnd.ms-excel"),
    ".wps": (OLE, "application/vnd.ms-works"),
    ".ofd": (ZIP, "application/ofd"),
}


def store_file(file: "UploadedFile[Any]", *, by: User) -> EvidenceFile:
    """Store a document from a form. Raises Invalid when it is of no kind we keep, or too large; nothing is stored then."""
    name = shorten(clean(file.name or ""), 200)
    if (file.size or 0) > LARGEST_FILE:
        raise Invalid(_("“%(name)s”超过 20 MB，请压缩或分成几个文件再上传。") % {"name": name})
    expected, declared = TYPES.get(PurePath(name).suffix.lower(), ("", ""))
    body = file.read()
    if not expected or sniff(body[:HEAD_BYTES]) != expected:
        raise Invalid(
            _("“%(name)s”不能作为材料上传。请上传 PDF、Word、Excel、PPT 或 OFD 文件；照片请传到照片一栏。")
            % {"name": name}
        )
    return store_bytes(body, name=name, content_type=declared, by=by)


def may_see(user: Anyone, sha256: str) -> bool:
    """Whoever may see the problem; the unit not where a copy with faces covered stands for the photo."""
    copies = ReportPhoto.objects.filter(report=OuterRef("report"), masks=OuterRef("sha256"))
    reported = ReportPhoto.objects.filter(sha256=sha256)
    plain = reported.filter(~Exists(copies)).values("report__finding_id")
    masked = reported.filter(Exists(copies)).values("report__finding_id")
    proofs = Proof.objects.filter(sha256=sha256, look_back=None)
    proof_copies = Proof.objects.filter(milestone=OuterRef("milestone"), masks=OuterRef("sha256"))
    proved = proofs.filter(~Exists(proof_copies)).values("finding_id")
    proofs_masked = proofs.filter(Exists(proof_copies)).values("finding_id")
    seen = Finding.objects.visible_to(user)
    if seen.filter(pk__in=plain).exists() or seen.filter(pk__in=proved).exists():
        return True
    inside = Finding.objects.with_originals_for(user)
    if inside.filter(pk__in=masked).exists() or inside.filter(pk__in=proofs_masked).exists():
        return True
    looked = Proof.objects.filter(sha256=sha256, look_back__isnull=False).values("finding_id")
    return Finding.objects.visible_to(user, "finding.verify").filter(pk__in=looked).exists()


def names_of(hashes: list[str]) -> dict[str, str]:
    """Hash → the name a file came under."""
    return dict(EvidenceFile.objects.filter(sha256__in=hashes).values_list("sha256", "name"))
