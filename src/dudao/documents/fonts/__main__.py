"""`python -m dudao.documents.fonts`: put the fonts in place, check them, say which stand-ins are in force.

Safe to run again: with everything in place it only checks hashes and needs no network. Ends with 0 when documents
can be made (perhaps with stand-ins, which are named), with 1 when there is no usable font.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from dudao.documents.fonts import catalogue, sources
from dudao.documents.fonts.sources import Source, SourceFailed


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def bring(source: Source, folder: Path) -> bool:
    """Get the files of a source that are still missing; True when all of them are sound afterwards."""
    missing = {file.name: file for file in source.files if not file.is_sound(folder)}
    if not missing:
        say(f"  in place: {', '.join(file.name for file in source.files)}")
        return True
    try:
        with tempfile.TemporaryDirectory() as work:
            for name, body in source.fetch(Path(work)):
                if name in missing:
                    _keep(folder / name, body)
    except SourceFailed as failure:
        say(f"  not from {source.title}: {failure}")
        return False
    for name, file in list(missing.items()):
        if file.is_sound(folder):
            say(f"  placed {name} (from {source.title}, sha256 {file.sha256[:12]}…)")
        else:
            (folder / name).unlink(missing_ok=True)
            say(f"  REFUSED {name} from {source.title}: absent there, or other bytes than we know")
    return all(file.is_sound(folder) for file in source.files)


def _keep(path: Path, body: bytes) -> None:
    """Write beside and rename, so that an interrupted run leaves no half file under the name."""
    beside = path.with_suffix(".part")
    beside.write_bytes(body)
    beside.replace(path)


def set_up(folder: Path, *, everything: bool = False) -> bool:
    """Bring what is needed: Noto for every character and emoji, Fandol for the styles, WenKai where Fandol is not to be
    had."""
    folder.mkdir(parents=True, exist_ok=True)
    say(f"fonts: {folder}")
    wide = bring(sources.NOTO, folder)
    styled = bring(sources.SYSTEM, folder) or bring(sources.DEBIAN_PACKAGE, folder)
    bring(sources.EMOJI, folder)
    if everything or not (wide and styled):
        bring(sources.WENKAI, folder)
    catalogue.present.cache_clear()
    return report(folder)


def report(folder: Path) -> bool:
    """Say what plays which role; True when every role has a font."""
    stand_ins = catalogue.fallbacks(folder)
    for line in stand_ins:
        say(f"  !! STAND-IN {line}")
    try:
        catalogue.faces(folder)
    except catalogue.FontsMissing as failure:
        say(f"  !! PDF documents cannot be made: {failure}")
        return False
    say("fonts: ready" + (", with the stand-ins named above" if stand_ins else ""))
    return True


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dudao.documents.fonts", description=__doc__)
    parser.add_argument("--all", action="store_true", help="also bring the stand-ins that are not needed")
    chosen = parser.parse_args(arguments)
    return 0 if set_up(catalogue.folder(), everything=chosen.all) else 1


if __name__ == "__main__":
    raise SystemExit(main())
