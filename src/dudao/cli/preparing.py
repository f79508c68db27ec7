"""What `setup`, `demo` and the tests share: bringing a database to where the code is."""

from collections.abc import Callable

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.core.management import call_command

from dudao.documents.wording import load_wordings
from dudao.instruments.services import load_library
from dudao.places.services import load_regions
from dudao.rules.services import load_defaults
from dudao.settings.env import PACKAGE


def prepare(say: Callable[[str], object]) -> None:
    """Migrations, then the data a deployment starts with."""
    compile_translations()
    call_command("migrate", verbosity=0, interactive=False)
    say("database: up to date")
    load_data()
    load_regions()
    say("regions, rules, calendar and instruments: loaded")


def load_data() -> None:
    load_defaults()
    load_library()
    load_wordings()


def compile_translations() -> None:
    """Make the binary catalogues that gettext reads, where they are older than their source."""
    for source in PACKAGE.glob("locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text)
        with target.open("wb") as binary:
            write_mo(binary, catalogue)
