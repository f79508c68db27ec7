"""The sheets and columns of an instrument's workbook, declared once: what is written, read and explained.

A column's `key` is the path of its value in the plain form of what a row stands for (`label.zh`, `photos.min`).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from dudao.imports.fields import Field, Wrong, as_text, heading
from dudao.instruments import expressions
from dudao.instruments.preview import TYPE_LABELS
from dudao.kernel.sheets import Value
from dudao.places.models import Kind
from dudao.rules.models import WordKind
from dudao.rules.queries import words

Words_ = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Column(Field):
    """A column: besides how its cell is read, how its value is written."""

    write: Callable[[Any], Value] = str
    is_expression: bool = False


@dataclass(frozen=True)
class Page:
    """One sheet. `name` is its key, `title` what the tab says, `note` what it is for."""

    name: str
    title: Any
    note: Any
    columns: tuple[Column, ...]

    def titles(self) -> set[str]:
        """Every name its sheet may bear."""
        return in_both(self.title) | {self.name}

    def column(self, key: str) -> Column:
        return next(one for one in self.columns if one.key == key)


def text(key: str, label: Any, **more: Any) -> Column:
    return Column(key, label, as_text, **more)


def name(key: str, label: Any, **more: Any) -> Column:
    """A key: what expressions and other sheets call the row by."""
    return Column(key, label, _name, **more)


def number(key: str, label: Any, **more: Any) -> Column:
    return Column(key, label, _number, write=_number_cell, **more)


def whole(key: str, label: Any, **more: Any) -> Column:
    return Column(key, label, _whole, write=_number_cell, **more)


def expression(key: str, label: Any, **more: Any) -> Column:
    return Column(key, label, _expression, is_expression=True, width=30, **more)


def chosen(key: str, label: Any, offered: Callable[[], Words_], **more: Any) -> Column:
    """One of a list, by its word in either language or its key."""

    def read(cell: Value) -> str:
        found = _by_word(offered()).get(heading(as_text(cell)))
        if found is None:
            raise Wrong(_("“%(found)s”不在可选范围内") % {"found": cell}, _listed(offered()))
        return found

    return Column(key, label, read, write=lambda value: _word(offered(), value), choices=offered, **more)


def yes_no(key: str, label: Any, **more: Any) -> Column:
    return Column(key, label, _yes_no, write=lambda value: _said(bool(value)), choices=_answers, **more)


# --- how cells are read and written ----------------------------------------------------------------------------------

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
EXACT = 10**15  # a spreadsheet holds 15 digits; what has more is written as text


def narrow(text_: str) -> str:
    """Full-width letters, digits and signs as the usual ones."""
    return unicodedata.normalize("NFKC", text_)


def _name(cell: Value) -> str:
    found = as_text(cell)
    if _KEY.fullmatch(found):
        return found
    meant = re.sub(r"[\s.]+", "_", narrow(found).strip().lower())
    meant = meant if _KEY.fullmatch(meant) else f"q{meant}"
    right = _("请改为 %(key)s") % {"key": meant} if _KEY.fullmatch(meant) else _("例如 q1，也可以留空")
    raise Wrong(_("编号“%(found)s”只能用半角小写字母、数字和下划线，以字母开头") % {"found": found}, right)


def _number(cell: Value) -> int | float:
    if isinstance(cell, int | float):
        return cell
    if _NUMBER.fullmatch(cell):
        return float(cell) if re.search("[.eE]", cell) else int(cell)
    meant = narrow(cell).replace(" ", "").replace(",", "")
    right = _("请改为 %(number)s") % {"number": meant} if _NUMBER.fullmatch(meant) else _("例如 60")
    raise Wrong(_("“%(found)s”不是半角数字") % {"found": cell}, right)


def _whole(cell: Value) -> int:
    found = _number(cell)
    if not isinstance(found, int) or found < 0:
        raise Wrong(_("“%(found)s”不是整数") % {"found": cell}, _("例如 2"))
    return found


def _number_cell(value: int | float) -> Value:
    """A number, or its text where a cell would not give back exactly the same."""
    is_kept = abs(value) < EXACT and (isinstance(value, int) or not value.is_integer())
    return value if is_kept and float(f"{value:.15G}") == value else repr(value)


def _expression(cell: Value) -> str:
    found = as_text(cell)
    try:
        expressions.parse(found)
    except expressions.BadExpression as error:
        raise Wrong(*unparsed(found, error)) from None
    return found


def unparsed(found: str, error: expressions.BadExpression) -> tuple[str, str]:
    """What is wrong with an expression, and what would be right."""
    at = int(error.details["at"])
    at += len(found[at:]) - len(found[at:].lstrip())
    place = {"at": at + 1, "found": found[at : at + 8] or _("结尾")}
    wrong = _("条件写得不对：第 %(at)d 个字符“%(found)s”处无法理解") % place
    meant = narrow(found).replace("‘", "'").replace("’", "'").replace("“", "'").replace("”", "'")
    try:
        expressions.parse(meant)
    except expressions.BadExpression:
        return wrong, _("例如 ${q1} = 'no'，更多例子见“填写说明”")
    return wrong, _("请改为半角符号：%(text)s") % {"text": meant}


def _yes_no(cell: Value) -> bool:
    found = heading(as_text(cell))
    if found in in_both(gettext_lazy("是")) | {"true", "1", "y", "√"}:
        return True
    if found in in_both(gettext_lazy("否")) | {"false", "0", "n", "×"}:
        return False
    raise Wrong(_("“%(found)s”不在可选范围内") % {"found": cell}, _listed(_answers()))


def _said(value: bool) -> str:
    return _("是") if value else _("否")


def _answers() -> Words_:
    return [("yes", gettext_lazy("是")), ("no", gettext_lazy("否"))]


def _required(cell: Value) -> bool | str:
    try:
        return _yes_no(cell)
    except Wrong:
        return _expression(cell)


def _kinds(cell: Value) -> list[str]:
    """Kinds of unit by name; what no deployment of ours knows may stand by its key."""
    known, found = _by_word(_kind_words()), []
    for word in re.split(r"\s*[、,，;；\n]\s*", as_text(cell)):
        kind = known.get(heading(word)) or (word if re.fullmatch("[A-Z][A-Z0-9_]*", word) else None)
        if kind is None:
            raise Wrong(_("没有“%(found)s”这类单位") % {"found": word}, _listed(_kind_words()))
        found.append(kind)
    return found


def _kind_words() -> Words_:
    return [(kind.value, kind.label) for kind in Kind]


def _kinds_cell(kinds: list[str]) -> str:
    return "、".join(_word(_kind_words(), kind) for kind in kinds)


def _by_word(offered: Words_) -> dict[str, str]:
    """Key by word in both languages and by key; the key itself goes before a word that says the same."""
    known = {word: key for key, label in reversed(offered) for word in in_both(label)}
    return known | {heading(key): key for key, _label in offered}


def _word(offered: Words_, key: str) -> str:
    """The word of a key; the key where it has no word, or the word would be read as another."""
    label = next((str(label) for one, label in offered if one == key), "")
    return label if label and _by_word(offered).get(heading(label)) == key else key


def in_both(label: Any) -> set[str]:
    """A label in both languages, as headings are compared."""
    found = set()
    for language in ("zh-hans", "en"):
        with override(language):
            found.add(heading(str(label)))
    return found


def _listed(offered: Words_) -> str:
    return _("请填写：%(words)s") % {"words": _("、").join(str(label) for _key, label in offered)}


def _types() -> Words_:
    return list(TYPE_LABELS.items())


def _uses() -> Words_:
    return [("choices", gettext_lazy("选项")), ("rows", gettext_lazy("矩阵行"))]


def _papers() -> Words_:
    return [("observation", gettext_lazy("推门听课记录")), ("interview", gettext_lazy("访谈记录"))]


def word_list(kind: WordKind) -> Callable[[], Words_]:
    """The words of one list of the deployment, looked up once."""
    offered = [(word.key, lazy(lambda word=word: word.label, str)()) for word in words(kind)]
    return lambda: offered


# --- the declaration -------------------------------------------------------------------------------------------------


def pages() -> tuple[Page, ...]:
    """Every sheet of the workbook; the words of the deployment's lists are looked up now."""
    return (_about(), _sections(), _items(), _choices(), _rules())


def _about() -> Page:
    return Page(
        "about",
        gettext_lazy("量表"),
        gettext_lazy("量表的名称和适用范围，只填一行。"),
        (
            text("title.zh", gettext_lazy("量表名称"), width=36, example=gettext_lazy("春季开学检查表")),
            text("title.en", gettext_lazy("英文名称"), width=36),
            text("group.zh", gettext_lazy("分组"), width=18, help=gettext_lazy("列表中的小标题")),
            text("group.en", gettext_lazy("英文分组"), width=18),
            Column("applies_to", gettext_lazy("适用单位"), _kinds, write=_kinds_cell, width=40, example=gettext_lazy("小学、初级中学"),
                   help=gettext_lazy("单位类型的名称，用顿号分开；留空表示各类单位")),
            whole("order", gettext_lazy("排序"), width=8, help=gettext_lazy("数字小的排在前面")),
            chosen("paper", gettext_lazy("单独成文"), _papers, width=16, help=gettext_lazy("除督导记录外，还可以单独起草的文书；留空表示没有")),
            name("key", gettext_lazy("量表编号"), width=24, help=gettext_lazy("留空由系统编号")),
        ),
    )  # fmt: skip


def _sections() -> Page:
    return Page(
        "sections",
        gettext_lazy("部分"),
        gettext_lazy("各部分（一级、二级……指标）的标题。题目表里写了新的部分时，这里可以不填。"),
        (
            name("key", gettext_lazy("部分编号"), width=12, help=gettext_lazy("留空依次为 s1、s2……")),
            text(
                "parent",
                gettext_lazy("上级部分"),
                width=16,
                help=gettext_lazy("上级部分的编号或标题，要排在前面；留空为最上级"),
            ),
            text(
                "title.zh",
                gettext_lazy("部分标题"),
                required=True,
                width=30,
                example=gettext_lazy("一、开学准备"),
            ),
            text("title.en", gettext_lazy("英文标题"), width=30),
            text("hint.zh", gettext_lazy("提示"), width=30),
            text("hint.en", gettext_lazy("英文提示"), width=30),
            number("weight", gettext_lazy("权重"), width=8, help=gettext_lazy("评分时的倍数，留空为 1")),
            expression(
                "relevant", gettext_lazy("显示条件"), help=gettext_lazy("条件成立时才出现；留空表示总是出现")
            ),
        ),
    )


def _items() -> Page:
    return Page(
        "items",
        gettext_lazy("题目"),
        gettext_lazy("一行一道题，从上到下就是填写的顺序。"),
        (
            name("key", gettext_lazy("题号"), width=10, help=gettext_lazy("留空依次为 q1、q2……；条件里用 ${q1} 引用")),
            text("section", gettext_lazy("部分"), width=16, help=gettext_lazy("部分的标题或编号；留空与上一行相同"), example=gettext_lazy("一、开学准备")),
            text("repeat", gettext_lazy("所属题组"), width=12, help=gettext_lazy("重复题组中的小题在这里写题组的题号或题目")),
            chosen("type", gettext_lazy("类型"), _types, required=True, width=10, example=gettext_lazy("单选题")),
            text("label.zh", gettext_lazy("题目内容"), required=True, width=40, example=gettext_lazy("宿舍床位是否够用？")),
            text("options", gettext_lazy("备选项"), width=24, example=gettext_lazy("够用；不够用"),
                 help=gettext_lazy("选择题的选项，每行一个或用分号分开；要自己编号或写英文时改填“选项”表")),
            text("label.en", gettext_lazy("英文题目"), width=30),
            text("hint.zh", gettext_lazy("提示"), width=24),
            text("hint.en", gettext_lazy("英文提示"), width=24),
            Column("required", gettext_lazy("必填"), _required, write=lambda value: _said(value) if isinstance(value, bool) else value,
                   width=8, is_expression=True, help=gettext_lazy("是、否，或一个条件；留空为否")),
            expression("relevant", gettext_lazy("显示条件"), help=gettext_lazy("条件成立时才出现；留空表示总是出现")),
            expression("constraint", gettext_lazy("答案须满足"), help=gettext_lazy("“.”表示这道题的答案")),
            text("constraint_message.zh", gettext_lazy("不满足时提示"), width=24),
            text("constraint_message.en", gettext_lazy("不满足时英文提示"), width=24),
            expression("suggested", gettext_lazy("系统建议"), help=gettext_lazy("由其他答案得出的建议答案，填写不同的要说明理由")),
            text("unit.zh", gettext_lazy("计量单位"), width=8, example=gettext_lazy("分钟")),
            text("unit.en", gettext_lazy("英文单位"), width=8),
            number("min", gettext_lazy("最小"), width=8, help=gettext_lazy("数字的下限；重复题组最少几组")),
            number("max", gettext_lazy("最大"), width=8, help=gettext_lazy("数字的上限；量级题的级数；评分题的满分；重复题组最多几组")),
            text("ends.low.zh", gettext_lazy("最低一级含义"), width=14, help=gettext_lazy("量级题填写")),
            text("ends.low.en", gettext_lazy("最低一级英文"), width=14),
            text("ends.high.zh", gettext_lazy("最高一级含义"), width=14, help=gettext_lazy("量级题填写")),
            text("ends.high.en", gettext_lazy("最高一级英文"), width=14),
            text("entry.zh", gettext_lazy("每组名称"), width=10, help=gettext_lazy("重复题组的一组叫什么，例如“班级”")),
            text("entry.en", gettext_lazy("每组英文名称"), width=10),
            number("weight", gettext_lazy("权重"), width=8, help=gettext_lazy("评分时的倍数，留空为 1")),
            yes_no("na", gettext_lazy("可不适用"), width=8, help=gettext_lazy("评分题可否答“不适用”")),
            whole("photos.min", gettext_lazy("照片最少"), width=8, help=gettext_lazy("照片、视频、录音、文件至少几个")),
            whole("photos.max", gettext_lazy("照片最多"), width=8, help=gettext_lazy("留空为 9")),
            expression("photos.required_when", gettext_lazy("必拍条件"), help=gettext_lazy("条件成立时至少一张")),
            text("basis.text.zh", gettext_lazy("依据"), width=40),
            text("basis.text.en", gettext_lazy("英文依据"), width=40),
            text("basis.rule", gettext_lazy("依据编号"), width=10, help=gettext_lazy("规则库中的编号，例如 HW-01")),
        ),
    )  # fmt: skip


def _choices() -> Page:
    return Page(
        "choices",
        gettext_lazy("选项"),
        gettext_lazy("选择题和矩阵题的选项，矩阵题的行也写在这里，一行一个。"),
        (
            text(
                "item", gettext_lazy("题号"), required=True, width=24, help=gettext_lazy("题号，或题目的原文")
            ),
            chosen(
                "use",
                gettext_lazy("用途"),
                _uses,
                width=10,
                help=gettext_lazy("留空为选项；矩阵题的每一行填“矩阵行”"),
            ),
            name(
                "key",
                gettext_lazy("选项编号"),
                width=12,
                help=gettext_lazy("留空依次为 c1、c2……；条件里用到"),
            ),
            text("label.zh", gettext_lazy("选项内容"), required=True, width=36, example=gettext_lazy("够用")),
            text("label.en", gettext_lazy("英文选项"), width=36),
        ),
    )


def _rules() -> Page:
    return Page(
        "rules",
        gettext_lazy("问题规则"),
        gettext_lazy("什么样的答案生成什么问题，一行一条。"),
        (
            text("item", gettext_lazy("题号"), required=True, width=24, help=gettext_lazy("题号，或题目的原文")),
            name("key", gettext_lazy("规则编号"), width=12, help=gettext_lazy("留空依次为 r1、r2……")),
            expression("when", gettext_lazy("触发条件"), required=True, example="${q1} = 'no'", help=gettext_lazy("成立时生成这条问题")),
            chosen("category", gettext_lazy("类别"), word_list(WordKind.CATEGORY), required=True, width=12, example=gettext_lazy("校园安全")),
            chosen("severity", gettext_lazy("严重程度"), word_list(WordKind.SEVERITY), required=True, width=10, example=gettext_lazy("一般")),
            text("wording.zh", gettext_lazy("问题表述"), required=True, width=36),
            text("wording.en", gettext_lazy("英文表述"), width=36),
            text("requirement.zh", gettext_lazy("整改要求"), width=36),
            text("requirement.en", gettext_lazy("英文要求"), width=36),
            text("basis.zh", gettext_lazy("依据"), width=36),
            text("basis.en", gettext_lazy("英文依据"), width=36),
        ),
    )  # fmt: skip


EXPLANATION = gettext_lazy("填写说明")
EXAMPLES = (
    ("${q1} = 'no'", gettext_lazy("第 q1 题答“否”（yes 是、no 否、na 不适用）")),
    ("${q2} = 'c1' or ${q2} = 'c2'", gettext_lazy("第 q2 题（单选）选了 c1 或 c2")),
    ("selected(${q3}, 'c1')", gettext_lazy("第 q3 题（多选）选了 c1")),
    (". >= 0 and . <= ${q4}", gettext_lazy("这道题的答案不小于 0、不大于第 q4 题")),
    ("${q5} > 60 and today() > '2026-09-01'", gettext_lazy("第 q5 题大于 60，并且过了 2026 年 9 月 1 日")),
)
"""Five expressions and what they say, for who has never written one."""
