"""Files in a folder of this machine: what is synced before a file counts as kept, and where it lies."""

import errno
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from dudao.intake.evidence_store import EvidenceStore
from dudao.intake.folder_store import FolderStore
from dudao.intake.uploads import Uploads
from dudao.kernel.ids import uuid7


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "evidence")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every path that is synced from now on."""
    paths: list[Path] = []
    sync = os.fsync

    def noting(descriptor: int) -> None:
        paths.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    return paths


def keep(store: FolderStore, content: bytes) -> str:
    name = sha256(content).hexdigest()
    part = store.uploads / "a.part"
    part.write_bytes(content)
    store.keep(part, name)
    part.unlink()
    return name


def test_a_file_and_the_folder_that_names_it_are_synced(store: FolderStore, synced: list[Path]) -> None:
    first = store.path_of(keep(store, b"one"))
    assert synced == [store.root, store.uploads / "a.part", first.parent], "the folders, once for all"
    synced.clear()
    second = store.path_of(keep(store, b"two"))
    assert synced == [store.uploads / "a.part", second.parent]
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")


def test_another_process_syncs_the_folders_it_finds(store: FolderStore, synced: list[Path]) -> None:
    keep(store, b"one")
    synced.clear()
    keep(FolderStore(store.root), b"two")
    assert store.root in synced, "whoever made them may have died before they were safe"


def test_a_folder_that_was_taken_away_is_made_again(store: FolderStore, synced: list[Path]) -> None:
    gone = store.path_of(keep(store, b"one"))
    gone.unlink()
    gone.parent.rmdir()
    synced.clear()
    assert store.read(keep(store, b"one")) == b"one"
    assert store.root in synced


def test_a_file_of_the_older_folders_is_found_and_not_kept_twice(store: FolderStore) -> None:
    name = sha256(b"old").hexdigest()
    older = store.root / EvidenceStore.name_of(store, name)
    older.parent.mkdir(parents=True)
    older.write_bytes(b"old")
    assert store.read(name) == b"old"
    assert store.fault_of(name) == ""
    keep(store, b"old")
    assert store.path_of(name) == older
    assert not (store.root / store.name_of(name)).exists()


def test_a_name_that_holds_less_after_a_power_cut_is_healed(store: FolderStore, synced: list[Path]) -> None:
    path = store.path_of(keep(store, b"whole"))
    path.write_bytes(b"who")
    synced.clear()
    assert store.read(keep(store, b"whole")) == b"whole"
    assert path in synced


@pytest.mark.parametrize("can", [True, False], ids=["nameless", "named"])
def test_bytes_that_came_whole_lie_nowhere_until_they_are_kept(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, can: bool
) -> None:
    if not can:
        monkeypatch.setattr(os, "open", _refusing(os.open))
    way, name = Uploads(store), sha256(b"photo").hexdigest()
    with way.passing(uuid7(), [b"pho", b"to"]) as (descriptor, part):
        assert list(store.uploads.iterdir()) == ([] if can else [part])
        store.keep_open(descriptor, part, name)
    assert list(store.uploads.iterdir()) == []
    assert store.read(name) == b"photo"


def _refusing(opening: Callable[..., int]) -> Callable[..., int]:
    """A disk that makes no file without a name."""

    def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "not on this disk")
        return opening(path, flags, mode)

    return refuse
