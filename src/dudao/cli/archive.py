"""The archive of a whole deployment: a snapshot of the database and every file, each named with its hash.

One tar file: `database` (SQLite's own file, or pg_dump's custom format), the files below `files/`, `evidence/`,
`documents/`, and `manifest.json` at the end, which lists them all. The database comes first: files are written once and
never replaced, so whatever the snapshot speaks of is still there when the files are read. The secret key is not in it.
"""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import click
from django.conf import settings
from django.db import connection

from dudao.intake.errors import StorageAway
from dudao.intake.models import EvidenceFile
from dudao.intake.stores import evidence_store

FOLDERS = ("files", "evidence", "documents")
MANIFEST = "manifest.json"
FORMAT = 1
PIECE = 1024 * 1024


class _Hashing:
    """A file that is hashed while it is read into the archive."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.digest.update(piece)
        return piece


def write(target: Path, home: Path) -> dict[str, Any]:
    """Write the archive of this deployment; appears under its name only when it is whole. Returns the manifest."""
    part = target.with_name(target.name + ".part")
    hashes: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as work, tarfile.open(part, "w") as tar:
        snapshot = Path(work) / "database"
        _snapshot(snapshot)
        hashes["database"] = _add(tar, snapshot, "database")
        for path in _files(home):
            name = path.relative_to(home).as_posix()
            hashes[name] = _add(tar, path, name)
        for sha256 in _remote():
            name = f"evidence/{evidence_store().name_of(sha256)}"
            with evidence_store().local(sha256) as path:
                hashes[name] = _add(tar, path, name)
        manifest = {
            "format": FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": connection.vendor,
            "files": hashes,
        }
        body = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size = len(body)
        tar.addfile(about, io.BytesIO(body))
    part.replace(target)
    return manifest


def read(source: Path, home: Path) -> dict[str, Any]:
    """Put an archive into an empty home and an empty database of the same kind. Returns the manifest.

    Everything is unpacked aside and checked before anything is put in its place. Raises ClickException with what is
    wrong and what to do; nothing has been changed then.
    """
    _must_be_empty(home)
    with tempfile.TemporaryDirectory(dir=home) as work:
        aside = Path(work)
        manifest = _unpack(source, aside)
        if manifest["database"] != connection.vendor:
            raise click.ClickException(
                f"the backup is of {manifest['database']}, this deployment runs on {connection.vendor}; "
                "set DATABASE_URL to the same kind of database"
            )
        if evidence_store().is_remote:
            _hand_on(aside / "evidence")
        for folder in FOLDERS:
            if (aside / folder).exists():
                shutil.rmtree(home / folder, ignore_errors=True)
                (aside / folder).rename(home / folder)
        _load(aside / "database")
    return manifest


def _files(home: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            is_upload = ".uploads" in path.relative_to(home).parts  # on their way: the phone sends them again
            if path.is_file() and not is_upload:
                yield path


def _remote() -> Iterator[str]:
    """Hashes of the files that are not on this machine."""
    if evidence_store().is_remote:
        yield from EvidenceFile.objects.order_by("sha256").values_list("sha256", flat=True).iterator()


def _hand_on(folder: Path) -> None:
    """Put unpacked evidence into the remote store, and leave none here. Raises ClickException."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            try:
                evidence_store().keep(path, path.name)
            except StorageAway as error:
                raise click.ClickException(
                    f"the store of evidence is out of reach: {error.__cause__}"
                ) from error
    shutil.rmtree(folder, ignore_errors=True)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    about = tar.gettarinfo(path, name)
    with path.open("rb") as file:
        hashing = _Hashing(file)
        tar.addfile(about, hashing)
    return hashing.digest.hexdigest()


def _unpack(source: Path, aside: Path) -> dict[str, Any]:
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(source, "r:") as tar:
            for member in tar:
                body = tar.extractfile(member)
                if body is None or not _is_ours(member.name):
                    raise click.ClickException(
                        f"{source} holds {member.name!r}: not a backup of this program"
                    )
                if member.name == MANIFEST:
                    manifest = json.loads(body.read())
                else:
                    found[member.name] = _keep(body, aside / member.name)
    except tarfile.TarError as error:
        raise click.ClickException(f"{source} cannot be read ({error}); use another copy of it") from error
    if manifest.get("format") != FORMAT:
        raise click.ClickException(f"{source} is incomplete or of another format: it has no manifest we know")
    wrong = sorted(
        name
        for name in found.keys() | manifest["files"].keys()
        if found.get(name) != manifest["files"].get(name)
    )
    if wrong:
        raise click.ClickException(
            f"{len(wrong)} files are missing or changed, the first is {wrong[0]}; use another copy"
        )
    return manifest


def _is_ours(name: str) -> bool:
    parts = Path(name).parts
    return name in ("database", MANIFEST) or (parts[0] in FOLDERS and ".." not in parts)


def _keep(body: Any, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while piece := body.read(PIECE):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _must_be_empty(home: Path) -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if "people_user" in tables:
            cursor.execute("SELECT count(*) FROM people_user")
            if cursor.fetchone()[0]:
                raise click.ClickException("this database holds accounts already; restore into an empty one")
    if any((home / folder).exists() and any((home / folder).rglob("*.*")) for folder in FOLDERS):
        raise click.ClickException(f"{home} holds files already; restore into an empty DUDAO_HOME")


def _snapshot(target: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        return
    _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def _load(snapshot: Path) -> None:
    if connection.vendor == "sqlite":
        place = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for leftover in ("", "-wal", "-shm"):
            Path(f"{place}{leftover}").unlink(missing_ok=True)
        snapshot.replace(place)
        return
    connection.close()
    _postgres(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        str(snapshot),
        into="--dbname",
    )


def _postgres(program: str, *options: str, into: str = "--dbname") -> None:
    """Run PostgreSQL's own program on our database; the password travels by the environment, not the command line."""
    found = shutil.which(program)
    if found is None:
        raise click.ClickException(
            f"{program} is not installed; install PostgreSQL's client programs (postgresql-client)"
        )
    about = settings.DATABASES["default"]
    where = (
        urlsplit("")._replace(scheme="postgresql", netloc=_address(about), path=f"/{about['NAME']}").geturl()
    )
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [found, f"{into}={where}", *options],
        env={"PGPASSWORD": str(about.get("PASSWORD") or ""), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise click.ClickException(
            f"{program}: {done.stderr.strip().splitlines()[-1] if done.stderr else done.returncode}"
        )


def _address(about: dict[str, Any]) -> str:
    user = f"{about['USER']}@" if about.get("USER") else ""
    port = f":{about['PORT']}" if about.get("PORT") else ""
    return f"{user}{about.get('HOST') or 'localhost'}{port}"
