"""The search of the office over a large population: as a province asks, and as one of its counties does.

    DUDAO_HOME=/tmp/province dudao setup && DUDAO_HOME=/tmp/province dudao populate --scale province --years 3 --seed 1
    DUDAO_HOME=/tmp/province make bench NAME=search

A name, initials, a whole number, a piece of one, a text, and something nobody wrote; floor: the same words as asked by a county of that
database. Seconds are printed, not barred: the text of problems is looked for in every problem within reach. Left out where
DUDAO_HOME holds no population.
"""

import os
import sys
from typing import Any

import django

from bench.pairs import measure_pairs, print_line

COUNTY, PROVINCE = "430211", "430000"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dudao.settings")
    if "DUDAO_HOME" not in os.environ:
        print("search: left out, DUDAO_HOME names no populated home", file=sys.stderr)
        return
    django.setup()
    from dudao.findings.models import Finding

    one = Finding.objects.filter(unit__region__code=COUNTY).select_related("unit").order_by("pk").first()
    if one is None:
        print("search: left out, no population in DUDAO_HOME", file=sys.stderr)
        return
    print_line("search", what="problems in the database", rows=Finding.objects.count())
    words = {
        "name of a school": one.unit.name[:4], "initials": one.unit.initials[:4], "number": one.number,
        "end of a number": one.number[-8:], "text": one.wording[:4], "nothing": "没有这样的字",
    }  # fmt: skip
    for what, text in words.items():
        result = measure_pairs(
            ours=lambda text=text: ask(PROVINCE, text), floor=lambda text=text: ask(COUNTY, text)
        )
        print_line("search", what=f"{what}, province", result=result, packages=("django",))


def ask(code: str, text: str) -> None:
    """As the office of a region asks; rights are read anew, as for each request."""
    from dudao.office import searching

    searching.found(officer(code), text)


def officer(code: str) -> Any:
    from dudao.people.models import Grant

    grant = (
        Grant.objects.filter(region__code=code)
        .exclude(role="INSPECTOR")
        .select_related("user")
        .order_by("pk")
        .first()
    )
    assert grant is not None, f"no office: {code=}"
    return grant.user


if __name__ == "__main__":
    main()
