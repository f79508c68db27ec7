"""Definitions made by Hypothesis: every type, nested sections, repeats, conditions, in both languages."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from dudao.instruments.definitions import EVIDENCE, TYPES, WITHIN_REPEAT, Definition
from dudao.kernel.text import clean
from dudao.places.models import Kind

CATEGORIES = ("HOMEWORK", "SAFETY", "OTHER")
SEVERITIES = ("MINOR", "MAJOR", "SERIOUS", "CRITICAL")

texts = st.text(
    st.sampled_from(list("学校作业“”‘’：，。（）是否abzAZ019 _-=+@'\"<>&;；、\n\t%#{}[]|\\/😀é")),
    min_size=1,
    max_size=30,
).filter(lambda text: clean(text) == text and text)
words = st.fixed_dictionaries({"zh": texts}, optional={"en": texts})
numbers = st.one_of(
    st.integers(-(10**16), 10**16), st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: x + 0.0)
)


def keyed(letter: str, count: int) -> list[str]:
    return [f"{letter}{'_' if number % 3 else ''}{number}" for number in range(count)]


@st.composite
def expressions(draw: Any, keys: list[str]) -> str:
    """An expression over the items `keys`."""
    if not keys:
        return draw(st.sampled_from(["today() > '2026-09-01'", "true()", ". != ''", "string-length(.) < 20"]))
    one, other = draw(st.sampled_from(keys)), draw(st.sampled_from(keys))
    return draw(
        st.sampled_from([
            f"${{{one}}} = 'yes'", f"${{{one}}}  !=  'no'", f"selected(${{{one}}}, 'c1') or ${{{other}}} > 1.5",
            f"count-selected(${{{one}}}) >= 2", f"if(${{{one}}} = '', 0, ${{{other}}}) div 2 < 3",
            f"not(${{{one}}} = \"甲 乙\") and max(${{{other}}}, 3) mod 2 = 1",
        ])
    )  # fmt: skip


@st.composite
def items(draw: Any, key: str, earlier: list[str], types: tuple[str, ...] = TYPES) -> dict[str, Any]:
    kind = draw(st.sampled_from(types))
    item: dict[str, Any] = {"key": key, "type": kind, "label": draw(words)}
    conditions = {"relevant": earlier, "constraint": [*earlier, key], "suggested": earlier}
    for name, keys in conditions.items():
        if draw(st.booleans()):
            item[name] = draw(expressions(keys))
    for name in ("hint", "unit", "constraint_message"):
        if draw(st.integers(0, 3)) == 0:
            item[name] = draw(words)
    item |= draw(st.sampled_from([{}, {"required": True}, {"required": "today() != ''"}]))
    if draw(st.booleans()):
        item["basis"] = {"text": draw(words)} | draw(st.sampled_from([{}, {"rule": "HW-01"}]))
    choices = [{"key": one, "label": draw(words)} for one in keyed("c", draw(st.integers(1, 4)))]
    if kind in ("single", "multiple", "matrix"):
        item["choices"] = choices
    if kind == "matrix":
        item["rows"] = [{"key": one, "label": draw(words)} for one in keyed("r", draw(st.integers(1, 3)))]
    if kind in ("integer", "decimal"):
        low, high = sorted([draw(numbers), draw(numbers)])
        item |= draw(st.sampled_from([{}, {"min": low}, {"max": high}, {"min": low, "max": high}]))
    if kind == "scale":
        item |= {"max": draw(st.integers(2, 10)), "ends": {"low": draw(words), "high": draw(words)}}
    if kind == "score":
        item |= {"max": draw(st.integers(1, 100)), "weight": draw(st.sampled_from([0.5, 2, 3]))}
        item |= draw(st.sampled_from([{}, {"na": True}]))
    if kind in EVIDENCE:
        item["photos"] = {"min": draw(st.integers(1, 3)), "max": draw(st.integers(4, 20))}
        item["photos"] |= draw(st.sampled_from([{}, {"required_when": "today() != ''"}]))
    if kind == "repeat":
        subs = keyed(f"{key}_s", draw(st.integers(1, 3)))
        item |= {"entry": draw(words), "max": draw(st.integers(1, 9)), "items": []}
        item.pop("constraint", None)
        for number, sub in enumerate(subs):
            item["items"].append(draw(items(sub, [*earlier, *subs[:number]], WITHIN_REPEAT)))
    elif types == TYPES and draw(st.booleans()):
        item["findings"] = [
            draw(rules(name, [*earlier, key])) for name in keyed("r", draw(st.integers(1, 2)))
        ]
    return item


@st.composite
def rules(draw: Any, key: str, keys: list[str]) -> dict[str, Any]:
    return {
        "key": key, "when": draw(expressions(keys)), "category": draw(st.sampled_from(CATEGORIES)),
        "severity": draw(st.sampled_from(SEVERITIES)), "wording": draw(words), "requirement": draw(words),
        "basis": draw(words),
    }  # fmt: skip


@st.composite
def definitions(draw: Any) -> Definition:
    """A definition that `check` accepts."""
    sections: list[dict[str, Any]] = []
    asked: list[str] = []
    for key in keyed("s", draw(st.integers(1, 4))):
        section: dict[str, Any] = {"key": key, "title": draw(words), "items": []}
        if sections and draw(st.booleans()):
            section["parent"] = draw(st.sampled_from([one["key"] for one in sections]))
        if draw(st.booleans()):
            section["relevant"] = draw(expressions(list(asked)))
        section |= draw(st.sampled_from([{}, {"weight": 2}, {"weight": 0.25}]))
        if draw(st.booleans()):
            section["hint"] = draw(words)
        for _number in range(draw(st.integers(1, 3))):
            item = f"q{len(asked)}"
            section["items"].append(draw(items(item, list(asked))))
            asked.append(item)
        sections.append(section)
    plain: dict[str, Any] = {"key": "made", "title": draw(words), "sections": sections}
    if draw(st.booleans()):
        plain |= {"group": draw(words), "order": draw(st.integers(0, 500))}
        plain["paper"] = draw(st.sampled_from(["", "observation", "interview"]))
    plain["applies_to"] = draw(
        st.lists(st.sampled_from([*Kind.values, "FUTURE_KIND"]), unique=True, max_size=3)
    )
    return msgspec.convert(plain, Definition)
