"""Makes `generated.json`, `scores.json` and `sheets.json`: `python -m tests.vectors.generate`.

Expressions are drawn from the grammar by a fixed seed over answers that are hard to treat alike in two languages; their values
are the server's, and the phone has to agree. Sheets are written by hand, with the result a person worked out: what they score
below, what is relevant, missing and raised in them in `sheets.py`.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

from tests.vectors.sheets import EVERYTHING, SHEETS

HERE = Path(__file__).parent
SEED, COUNT = 20260901, 240
TODAY = "2026-09-15"

NAMES = ("a", "b", "m", "n", "d")
NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 3, 7, 60, 2.5, -0.5, 0.1, 0.2, 1.005, 33.3, 1e-7, 1e21, 1.7e308, 9007199254740993, "0", "7", "-3", "3.50",
    "007", "1e3",
)  # fmt: skip
DAYS: tuple[Any, ...] = (
    "2026-09-14", "2026-09-15", "2026-09-16", "2026-02-30", "2024-02-29", "0000-01-01", "2026-9-1", "", None, 20260915,
)  # fmt: skip
ANSWERS: tuple[Any, ...] = (
    None, "", "yes", "no", "na", "x", "达标", "𠮷野家", "😀", "it's", " ", "true", "false", True, False, 123456789012345680000,
    [], ["x"], ["x", "y", "达标"], [""], ["7"], [["x"], [2, "3"]], [4, None, 2.5, True], [{"size": 2}, {}], {"lat": 27.8, "lng": 113.1, "accuracy_m": 9}, "9" * 400, *NUMBERS, *DAYS,
)  # fmt: skip
LITERALS = (
    "0",
    "1",
    "2",
    "3",
    "60",
    "2.5",
    "0.5",
    "'x'",
    "'no'",
    "'7'",
    "''",
    "'达标'",
    "'2026-09-15'",
    "true()",
    "false()",
    "today()",
)
PAIRS = ("=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or")


def text(random: Random, depth: int = 0) -> str:
    """One expression."""
    if depth > 2 or random.random() < 0.22:
        return random.choice((*(f"${{{name}}}" for name in NAMES), random.choice(LITERALS), "."))

    def part() -> str:
        return text(random, depth + 1)

    if random.random() < 0.5:
        return f"({part()} {random.choice(PAIRS)} {part()})"
    match random.choice(
        (
            "selected",
            "count",
            "count-selected",
            "sum",
            "min",
            "max",
            "round",
            "round",
            "if",
            "coalesce",
            "not",
            "-",
            "string-length",
        )
    ):
        case "selected" | "coalesce" as name:
            return f"{name}({part()}, {part()})"
        case "sum" | "min" | "max" as name:
            return f"{name}({', '.join(part() for _ in range(random.randint(1, 4)))})"
        case "round":
            return f"round({part()}, {random.randint(0, 6)})" if random.random() < 0.5 else f"round({part()})"
        case "if":
            return f"if({part()}, {part()}, {part()})"
        case "-":
            return f"-{part()}"
        case name:
            return f"{name}({part()})"


def case(random: Random) -> dict[str, Any]:
    """An expression with answers for what it speaks of."""
    pool, made = random.choice((ANSWERS, NUMBERS, NUMBERS, DAYS)), text(random)
    answers = {
        name: random.choice(pool) for name in NAMES if f"${{{name}}}" in made and random.random() < 0.9
    }
    return {"text": made, "answers": answers, "self": random.choice(pool), "today": TODAY}


def words(zh: str) -> dict[str, str]:
    return {"zh": zh, "en": zh}


def scored(key: str, most: int = 10, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "score", "label": words(key), "max": most} | more


def sheet(*sections: list[dict[str, Any]], relevant: str = "") -> dict[str, Any]:
    made = [
        {"key": f"s{n}", "title": words(f"s{n}"), "items": items} for n, items in enumerate(sections, start=1)
    ]
    if relevant:
        made[-1]["relevant"] = relevant
    return {"key": "scored", "title": words("scored"), "sections": made}


def tree_of_sections(**more: Any) -> dict[str, Any]:
    """s1 counts twice; s2 and s3 belong to it, s3 three times; s4 belongs to s3; s5 stands beside."""
    made = sheet([scored("a")], [scored("b", na=True)], [], [scored("c", 5, weight=0.5)], [scored("d")])
    for section, place in zip(
        made["sections"],
        ({"weight": 2}, {"parent": "s1"}, {"parent": "s1", "weight": 3} | more, {"parent": "s3"}, {}),
        strict=True,
    ):
        section |= place
    return made


def result(points: float, most: float, percent: float) -> dict[str, float]:
    return {"points": points, "most": most, "percent": percent}


YES_NO = {"key": "has", "type": "yes_no", "label": words("has")}
SCORES: tuple[tuple[str, dict[str, Any], dict[str, Any], Any, dict[str, Any]], ...] = (
    ("nothing scored at all", sheet([YES_NO]), {"has": "yes"}, None, {}),
    ("nothing scored yet", sheet([scored("a")]), {}, None, {}),
    ("one score", sheet([scored("a")]), {"a": 7}, result(7, 10, 70), {"s1": result(7, 10, 70)}),
    ("nought is a score", sheet([scored("a")]), {"a": 0}, result(0, 10, 0), {"s1": result(0, 10, 0)}),
    ("an open one counts as nought", sheet([scored("a"), scored("b")]), {"a": 7}, result(7, 20, 35), {"s1": result(7, 20, 35)}),
    ("weights", sheet([scored("a", weight=2), scored("b")]), {"a": 10, "b": 4}, result(24, 30, 80), {"s1": result(24, 30, 80)}),
    ("a decimal weight", sheet([scored("a", weight=1.5), scored("b", 5)]), {"a": 9, "b": 2}, result(15.5, 20, 77.5), {"s1": result(15.5, 20, 77.5)}),
    ("one decimal, a third", sheet([scored("a", 3)]), {"a": 1}, result(1, 3, 33.3), {"s1": result(1, 3, 33.3)}),
    ("one decimal, two thirds", sheet([scored("a", 3)]), {"a": 2}, result(2, 3, 66.7), {"s1": result(2, 3, 66.7)}),
    ("halves go up", sheet([scored("a", 2000)]), {"a": 1}, result(1, 2000, 0.1), {"s1": result(1, 2000, 0.1)}),
    (
        "each section has its own, the sheet has all", sheet([scored("a")], [scored("b", 20)], [YES_NO]), {"a": 5, "b": 20},
        result(25, 30, 83.3), {"s1": result(5, 10, 50), "s2": result(20, 20, 100)},
    ),
    (
        "a section without any score yet has none, but its marks are in the whole", sheet([scored("a")], [scored("b")]), {"a": 5},
        result(5, 20, 25), {"s1": result(5, 10, 50)},
    ),
    (
        "what is not relevant does not count", sheet([YES_NO, scored("a"), scored("b", relevant="${has} = 'yes'")]),
        {"has": "no", "a": 8, "b": 1}, result(8, 10, 80), {"s1": result(8, 10, 80)},
    ),
    (
        "what is relevant does", sheet([YES_NO, scored("a"), scored("b", relevant="${has} = 'yes'")]),
        {"has": "yes", "a": 8, "b": 1}, result(9, 20, 45), {"s1": result(9, 20, 45)},
    ),
    (
        "a section that is not relevant does not count", sheet([YES_NO, scored("a")], [scored("b")], relevant="${has} = 'yes'"),
        {"has": "no", "a": 6, "b": 10}, result(6, 10, 60), {"s1": result(6, 10, 60)},
    ),
    (
        "a section may depend on a score", sheet([scored("a")], [scored("b")], relevant="${a} >= 6"), {"a": 6, "b": 9},
        result(15, 20, 75), {"s1": result(6, 10, 60), "s2": result(9, 10, 90)},
    ),
    ("more than full marks is no score", sheet([scored("a"), scored("b")]), {"a": 11, "b": 5}, result(5, 20, 25), {"s1": result(5, 20, 25)}),
    ("less than nought is no score", sheet([scored("a")]), {"a": -1}, None, {}),
    ("text is no score", sheet([scored("a"), scored("b")]), {"a": "7", "b": 5}, result(5, 20, 25), {"s1": result(5, 20, 25)}),
    ("true is no score", sheet([scored("a")]), {"a": True}, None, {}),
    (
        "a section counts for those below it", tree_of_sections(), {"a": 5, "b": 10, "c": 4, "d": 1},
        result(5 * 2 + 10 * 2 + 4 * 0.5 * 3 * 2 + 1, 10 * 2 + 10 * 2 + 5 * 0.5 * 3 * 2 + 10, 66.2),
        {"s1": result(42, 55, 76.4), "s2": result(20, 20, 100), "s3": result(12, 15, 80), "s4": result(12, 15, 80), "s5": result(1, 10, 10)},
    ),
    (
        "what does not apply counts in nothing", tree_of_sections(), {"a": 5, "b": "na", "c": 4, "d": 1},
        result(23, 45, 51.1), {"s1": result(22, 35, 62.9), "s3": result(12, 15, 80), "s4": result(12, 15, 80), "s5": result(1, 10, 10)},
    ),
    (
        "only an item that may be said not to apply is left out", tree_of_sections(), {"a": "na", "b": 10, "d": 1},
        result(21, 65, 32.3), {"s1": result(20, 55, 36.4), "s2": result(20, 20, 100), "s5": result(1, 10, 10)},
    ),
    (
        "an irrelevant section takes those below along", tree_of_sections(relevant="${d} > 5"), {"a": 5, "b": 10, "c": 4, "d": 1},
        result(31, 50, 62), {"s1": result(30, 40, 75), "s2": result(20, 20, 100), "s5": result(1, 10, 10)},
    ),
    ("nothing applies", sheet([scored("a", na=True)]), {"a": "na"}, None, {}),
)  # fmt: skip


def generated() -> list[dict[str, Any]]:
    from dudao.instruments.expressions import evaluate, parse  # noqa: PLC0415 - the rest needs no server

    random, cases = Random(SEED), []
    while len(cases) < COUNT:
        one = case(random)
        tree = parse(one["text"])
        value = evaluate(tree, one["answers"], one["self"], today=TODAY)
        # A bare answer and an empty result prove little; some of them are enough.
        if tree[0] in ("lit", "ref", "self") or (value is None and random.random() < 0.6):
            continue
        cases.append({"name": f"{len(cases) + 1}: {one['text']}", "tree": tree, "value": value} | one)
    return cases


def scores() -> list[dict[str, Any]]:
    import msgspec  # noqa: PLC0415

    from dudao.instruments.definitions import Definition, with_trees  # noqa: PLC0415

    return [
        {"name": name, "definition": source, "compiled": with_trees(msgspec.convert(source, Definition)), "answers": answers,
         "whole": whole, "sections": sections}
        for name, source, answers, whole, sections in SCORES
    ]  # fmt: skip


def sheets() -> list[dict[str, Any]]:
    import msgspec  # noqa: PLC0415

    from dudao.instruments.definitions import Definition, with_trees  # noqa: PLC0415

    compiled = with_trees(msgspec.convert(EVERYTHING, Definition))
    return [
        {"name": name, "compiled": compiled, "answers": answers, "notes": notes} | told._asdict()
        for name, answers, notes, told in SHEETS
    ]


def written(cases: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in cases) + "\n]\n"


if __name__ == "__main__":
    (HERE / "generated.json").write_text(written(generated()), "utf-8")
    (HERE / "scores.json").write_text(written(scores()), "utf-8")
    (HERE / "sheets.json").write_text(written(sheets()), "utf-8")
