"""A checklist with a matrix, a repeat, a tree of sections with scores, and evidence of every kind."""

from typing import Any


def words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def item(key: str, kind: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": words(zh, en)} | more


def choice(key: str, zh: str, en: str) -> dict[str, Any]:
    return {"key": key, "label": words(zh, en)}


def section(key: str, zh: str, en: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "title": words(zh, en), "items": list(items)} | more


CROWDED = {
    "key": "over", "when": "max(${size}) > 55", "category": "SAFETY", "severity": "MAJOR",
    "wording": words("有班级超过 55 人。", "A class has more than 55 pupils."),
    "requirement": words("制定消除大班额计划。", "Make a plan against large classes."),
    "basis": words("消除大班额要求", "Rules on large classes"),
}  # fmt: skip
CAMPUS: dict[str, Any] = {
    "key": "campus-check",
    "title": words("校园条件专项检查表", "Campus conditions"),
    "group": words("专项检查", "Special checks"),
    "sections": [
        section("campus", "一、办学条件", "1 Conditions", weight=2),
        section(
            "rooms", "（一）教室", "1.1 Rooms",
            item(
                "room", "matrix", "抽查教室的情况", "The room looked at", required=True,
                rows=[choice("desk", "课桌椅高度相配", "Desks fit"), choice("lamp", "照明无眩光", "No glare"), choice("air", "通风良好", "Aired")],
                choices=[choice("good", "好", "Good"), choice("fair", "一般", "Fair"), choice("bad", "差", "Poor")],
            ),
            item("lab", "score", "实验室管理", "Laboratory", max=10, na=True, required=True),
            item("care", "score", "教室日常维护", "Care of rooms", max=5, required=True),
            parent="campus",
        ),
        section(
            "sizes", "（二）班额", "1.2 Sizes of classes",
            item(
                "classes", "repeat", "抽查的班级", "Classes looked at",
                entry=words("班级", "Class"), required=True, min=2, max=4, findings=[CROWDED],
                items=[
                    item("name", "text", "班级名称", "Name", required=True),
                    item("size", "integer", "在班人数", "Pupils", min=1, max=80, unit=words("人", "pupils"), required=True),
                    item("approved", "yes_no", "超过 45 人是否经批准", "More than 45 approved", relevant="${size} > 45", required=True),
                ],
            ),
            item("total", "integer", "抽查班级合计人数", "Pupils in all", suggested="sum(${size})", unit=words("人", "pupils")),
            parent="campus",
        ),
        section(
            "proof", "二、佐证", "2 Proof",
            item("film", "video", "放学时段校门口视频", "The gate after school", required=True, photos={"min": 1, "max": 2}),
            item("talk", "audio", "门卫访谈录音", "The guard's words"),
            item("rules", "file", "门卫制度文件", "The rules of the gate"),
            item("order", "score", "放学秩序", "Order at the gate", max=10),
        ),
    ],
}  # fmt: skip
