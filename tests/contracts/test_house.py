"""What import tools cannot see: relations by name, templates, texts, reads without a scope."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.template import engines

from dudao.office.titles import EVENTS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "dudao"
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
ROOMS = [name.removeprefix("dudao.") for name in reversed(CONTRACT["layers"]) if "|" not in name]
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
_USES = re.compile(r"""\{%\s*(?:extends|include)\s+['"]([^'"#]+)""")
_PLAIN = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\b(?:title|alt|placeholder|aria-label)=["']([^"']*)["']""")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def test_the_contract_names_every_room() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    outside = {"settings", "cli", "formats"}
    assert folders - outside == set(ROOMS), (
        "add the new room to [tool.importlinter] in pyproject.toml, in its place"
    )


def test_relations_by_name_point_to_rooms_above() -> None:
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if (
                field.auto_created
                or not target
                or isinstance(target, str)
                or target._meta.app_label not in ROOMS
            ):
                continue
            if ROOMS.index(target._meta.app_label) > ROOMS.index(model._meta.app_label):
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert not wrong, f"a room may point only to rooms above it: {wrong}"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_templates_use_only_templates_of_rooms_above(path) -> None:
    own = ROOMS.index(room_of(path))
    for used in _USES.findall(path.read_text("utf-8")):
        origin = Path(engines["django"].get_template(used).origin.name)
        other = room_of(origin)
        assert ROOMS.index(other) <= own, (
            f"{path.name} of {room_of(path)} uses {used} of {other}, a room below"
        )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_text_in_a_template_escapes_translation(path) -> None:
    text = path.read_text("utf-8")
    text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", text, flags=re.DOTALL)
    bare = [value for value in _ATTRIBUTE.findall(re.sub(r"\{%.*?%\}", "", text)) if _CHINESE.search(value)]
    bare += [line.strip() for line in _PLAIN.sub("\n", text).split("\n") if _CHINESE.search(line)]
    bare = [one for one in bare if one not in ("督", "中文")]  # the mark of the house; a language's own name
    assert not bare, f"wrap in translate: {bare}"


@pytest.mark.parametrize(
    "path",
    sorted([*PACKAGE.glob("*/views.py"), *PACKAGE.glob("*/api.py")]),
    ids=lambda path: path.parent.name,
)
def test_views_read_scoped_things_through_their_scope(path) -> None:
    scoped = {
        model.__name__
        for model in apps.get_models()
        if hasattr(model._default_manager.get_queryset(), "visible_to")
    }
    found = re.findall(r"\b(\w+)\.objects\.(all|filter|get|exclude)\b", path.read_text("utf-8"))
    wrong = [f"{name}.objects.{verb}" for name, verb in found if name in scoped]
    assert not wrong, f"begin with .visible_to(request.user): {wrong}"


def test_every_template_is_used() -> None:
    sources = "\n".join(
        path.read_text("utf-8")
        for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]
        if "migrations" not in path.parts
    )
    unused = []
    for path in TEMPLATES:
        name = str(path).split("/templates/", 1)[1]
        if name not in sources and not re.fullmatch(r"(\d{3}|403_csrf)\.html", name):
            unused.append(name)
    assert not unused, f"delete what is no longer used: {unused}"


def test_every_event_of_the_journal_has_a_name() -> None:
    """Where its kind is written out at the call; the journal's page shows the bare key of any other."""
    named = re.compile(r"[a-z_]+\.[a-z_]+")
    kinds = {
        (word.value, path.name)
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"journal.record", "journal.record_many"}
        for word in ast.walk(call.args[0])
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and named.fullmatch(word.value)
    }
    assert len(kinds) > 40
    assert not {(kind, place) for kind, place in kinds if kind not in EVENTS}
