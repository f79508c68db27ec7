"""A piece of text is found wherever it stands, whatever its case and characters, on either database."""

import random

import pytest
from django.db import connection

from dudao.documents.models import Document
from dudao.findings.models import Finding
from dudao.people.models import User
from dudao.places.models import Unit
from tests import factories

LETTERS = "小学小学校aAzZ9%_\\'\"😀👩🏽𬭎é \n"
INDEXED = [
    (Unit, "name"), (Unit, "initials"), (User, "name"), (User, "initials"), (User, "username"), (User, "certificate_no"),
    (Finding, "wording"), (Finding, "number"), (Document, "number"), (Document, "title"),
]  # fmt: skip


@pytest.fixture
def names(db) -> list[str]:
    chance = random.Random(7)
    made = ["".join(chance.choices(LETTERS, k=chance.randint(1, 9))) for _one in range(120)]
    county = factories.region()
    Unit.objects.bulk_create(
        Unit(code=f"u{at}", name=name, initials="x", kind="PRIMARY", region=county)
        for at, name in enumerate(made)
    )
    return made


def test_what_is_found_is_what_holds_the_text(names) -> None:
    pieces = {name[at : at + size] for name in names[:40] for at in range(len(name)) for size in (1, 2, 3, 5)}
    for piece in sorted(pieces | {"中学", "%%", "小_", "学%", "\\\\", "''", "aa" * 60}):
        found = Unit.objects.filter(name__holds=piece).order_by("code").values_list("name", flat=True)
        assert sorted(found) == sorted(name for name in names if piece.upper() in name.upper()), repr(piece)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index of pieces")
@pytest.mark.parametrize(("model", "field"), INDEXED)
def test_postgresql_looks_into_the_index_of_pieces(db, model, field) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for text, expected in (("食堂留样", True), ("食", False)):
        plan = model.objects.filter(**{f"{field}__holds": text}).order_by().explain()
        assert ("_by_pieces" in plan) is expected, plan
