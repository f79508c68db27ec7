"""The store this deployment keeps its evidence in, by its settings."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages

from dudao.intake.bucket_store import BucketStore
from dudao.intake.evidence_store import EvidenceStore
from dudao.intake.folder_store import FolderStore


@cache
def evidence_store() -> EvidenceStore:
    storage = storages["evidence"]
    if isinstance(storage, FileSystemStorage):
        return FolderStore(Path(storage.location))
    return BucketStore(storage, Path(settings.HOME) / "evidence")
