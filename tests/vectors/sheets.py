"""One sheet with all that matrices, repeats, evidence and sections in a tree can do, and what a person reads out of it."""

from typing import Any, NamedTuple


def words(zh: str) -> dict[str, str]:
    return {"zh": zh, "en": zh}


def item(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": words(key)} | more


def choices(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "label": words(key)} for key in keys]


def rule(key: str, when: str) -> dict[str, Any]:
    return {
        "key": key, "when": when, "category": "X", "severity": "MINOR",
        "wording": words(key), "requirement": words(key), "basis": words(key),
    }  # fmt: skip


CLASSES = item(
    "classes", "repeat",
    entry=words("班级"), min=1, max=3, required=True, constraint="max(${size}) < 70",
    items=[
        item("name", "text", required=True),
        item("size", "integer", min=1, max=80, required=True),
        item("why", "text", relevant="${size} > 45 and ${stage} = 'primary'", required=True),
        item("full", "yes_no", suggested="if(${size} > 45, 'yes', 'no')"),
        item("aids", "multiple", choices=choices("board", "screen"), constraint="count(.) < 2 or ${size} > 20"),
        item("light", "scale", max=5, ends={"low": words("暗"), "high": words("亮")}),
        item("area", "decimal", min=10, relevant="selected(${aids}, 'screen')"),
        item("seen", "date", constraint=". <= today()"),
    ],
    findings=[rule("over", "max(${size}) > 50"), rule("many", "sum(${size}) > 120 and count(${classes}) < 3")],
)  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "key": "everything",
    "title": words("everything"),
    "sections": [
        {"key": "top", "title": words("top"), "items": [item("stage", "single", choices=choices("primary", "junior"))], "weight": 2},
        {
            "key": "rooms", "title": words("rooms"), "parent": "top", "relevant": "${stage} != ''",
            "items": [
                item(
                    "room", "matrix", rows=choices("desk", "lamp", "air"), choices=choices("good", "fair", "bad"), required=True,
                    constraint="not(selected(., 'fair')) or selected(., 'good')",
                    findings=[rule("bad", "selected(., 'bad')"), rule("all", "count(.) = 3 and not(selected(., 'good'))")],
                ),
                item("extra", "matrix", rows=choices("a", "b"), choices=choices("yes", "no"), relevant="selected(${room}, 'bad')"),
            ],
        },
        {"key": "within", "title": words("within"), "parent": "rooms", "items": [CLASSES], "weight": 0.5},
        {
            "key": "marks", "title": words("marks"), "parent": "within", "weight": 3,
            "items": [
                item("mark", "score", max=10, weight=0.1, na=True, required="count(${classes}) > 1"),
                item("grade", "score", max=5, suggested="if(count(${size}) > 0, round(sum(${size}) div 20), '')"),
                item("total", "integer", suggested="sum(${size})"),
            ],
        },
        {
            "key": "proof", "title": words("proof"),
            "items": [
                item("film", "video", required="selected(${full}, 'yes')", photos={"max": 2}),
                item("sound", "audio"),
                item("paper", "file", relevant="count(${film}) > 0", photos={"max": 1}),
                item("end", "score", max=3),
            ],
        },
    ],
}  # fmt: skip


class Told(NamedTuple):
    """The items asked, the faults as the server names them, and the findings raised."""

    relevant: list[str]
    faults: list[tuple[str, str]]
    raised: list[str]


FIRST, LAST = ["stage"], ["film", "sound", "end"]
MIDDLE = ["room", "classes", "mark", "grade", "total"]
GOOD_ROOM = {"desk": "good", "lamp": "good", "air": "fair"}
SHEETS: list[tuple[str, dict[str, Any], dict[str, str], Told]] = [
    ("a section that is not asked takes those below along", {"room": {"desk": "bad"}}, {}, Told([*FIRST, *LAST], [], [])),
    (
        "what is required and open", {"stage": "junior"}, {},
        Told([*FIRST, *MIDDLE, *LAST], [("room", "required"), ("classes", "required")], []),
    ),
    (
        "each row of a matrix is required",
        {"stage": "junior", "room": {"lamp": "bad"}, "classes": [{"name": "1", "size": 40}]}, {},
        Told(
            [*FIRST, "room", "extra", *MIDDLE[1:], *LAST],
            [("room[desk]", "required"), ("room[air]", "required")], ["room.bad"],
        ),
    ),
    (
        "a matrix answers its own rows by its own choices, and conditions see its answers",
        {"stage": "junior", "room": {"desk": "fair", "lamp": "fair", "air": "fair"}, "extra": {"c": "yes"},
         "classes": [{"name": "1", "size": 40}], "total": 40, "grade": 2}, {},
        Told([*FIRST, *MIDDLE, *LAST], [("room", "constraint")], ["room.all"]),
    ),
    (
        "an unknown row, and an unknown choice",
        {"stage": "junior", "room": {"desk": "bad", "lamp": "bad", "air": "bad"}, "extra": {"c": "yes"},
         "classes": [{"name": "1", "size": 40}]}, {},
        Told([*FIRST, "room", "extra", *MIDDLE[1:], *LAST], [("extra", "wrong-kind")], ["room.bad", "room.all"]),
    ),
    (
        "each entry answers for itself, and sees what is outside",
        {"stage": "primary", "room": GOOD_ROOM,
         "classes": [{"name": "一班", "size": 44, "why": "忽略"}, {"size": 48, "full": "yes", "aids": ["board", "screen"]}]}, {},
        Told(
            [*FIRST, *MIDDLE, *LAST],
            [("classes[2].name", "required"), ("classes[2].why", "required"), ("mark", "required"), ("film", "required")], [],
        ),
    ),
    (
        "within an entry an answer other than the suggested one, or none that applies, has a reason of its own",
        {"stage": "junior", "room": GOOD_ROOM,
         "classes": [{"name": "一班", "size": 44, "full": "yes"}, {"name": "二班", "size": 50, "full": "na"}],
         "mark": "na", "film": ["f" * 64], "paper": ["e" * 64], "total": 93, "grade": 5}, {"classes[1].full": "估计", "full": "无"},
        Told(
            [*FIRST, *MIDDLE, "film", "sound", "paper", "end"],
            [("classes[2].full", "reason-missing"), ("mark", "reason-missing"), ("total", "reason-missing")], [],
        ),
    ),
    (
        "out of range, wrong kind and constraint within an entry",
        {"stage": "junior", "room": GOOD_ROOM,
         "classes": [{"name": 7, "size": 81}, {"name": "x", "size": 15, "aids": ["board", "screen"], "area": 9.5, "light": 6},
                     {"name": "y", "size": "x", "seen": "2026-09-16"}],
         "mark": 3}, {},
        Told(
            [*FIRST, *MIDDLE, *LAST],
            [("classes", "constraint"), ("classes[1].name", "wrong-kind"), ("classes[1].size", "out-of-range"),
             ("classes[2].aids", "constraint"), ("classes[2].light", "out-of-range"), ("classes[2].area", "out-of-range"),
             ("classes[3].size", "wrong-kind"), ("classes[3].seen", "constraint")],
            ["classes.over"],
        ),
    ),
    (
        "more entries than asked for, and the rules see all of them",
        {"stage": "junior", "room": GOOD_ROOM, "classes": [{"name": "x", "size": 45}] * 4, "mark": 3}, {},
        Told([*FIRST, *MIDDLE, *LAST], [("classes", "out-of-range")], []),
    ),
    (
        "sums over the entries raise problems",
        {"stage": "junior", "room": GOOD_ROOM, "classes": [{"name": "x", "size": 61}, {"name": "y", "size": 60}], "mark": 3}, {},
        Told([*FIRST, *MIDDLE, *LAST], [], ["classes.over", "classes.many"]),
    ),
    (
        "more entries than anybody asks for",
        {"stage": "junior", "room": GOOD_ROOM, "classes": [{}] * 201}, {},
        Told([*FIRST, *MIDDLE, *LAST], [("classes", "wrong-kind"), ("mark", "required")], []),
    ),
    (
        "what is no list of entries",
        {"stage": "junior", "room": "good", "classes": [{"name": "x", "size": 5}, "y"], "film": "x"}, {},
        Told(
            [*FIRST, *MIDDLE, "film", "sound", "paper", "end"],
            [("room", "wrong-kind"), ("classes", "wrong-kind"), ("mark", "required"), ("film", "wrong-kind")], [],
        ),
    ),
]  # fmt: skip
