"""Why an entry waits, in words a clerk understands, with what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, Promise] = {
    "unit-unknown": _("系统中没有这所学校。请核对学校资料后重新处理。"),
    "instrument-unknown": _("系统中没有这个版本的检查表。请发布该版本后重新处理。"),
    "finding-id-known": _("其中的问题编号与已有问题重复。请联系管理员。"),
    "sheet-id-known": _("其中的检查表编号与已有记录重复。请联系管理员。"),
    "finding-unknown": _("找不到要核查的问题，或该督学已不负责该校。"),
    "finding-moved": _("核查期间问题状态已被他人改变。请在问题页面核对，必要时重新核查。"),
    "invitation-gone": _("督学答复同行邀请时，这项督导已从计划中去掉。手机上已告知督学，可以了结。"),
    "invitation-over": _("督学同意同行时，这次督导已经完成或已过期。手机上已告知督学，可以了结。"),
    "invitation-answered": _("督学离线答复同行邀请，此前已在网页上作了另外的答复，以网页为准。可以了结。"),
    "projection-failed": _("写入记录时出错，已自动重试多次。请联系管理员后重新处理。"),
    "sender-unknown": _("找不到上报人的账号。"),
}


def is_known(code: str) -> bool:
    """Whether the words for it say all that the clerk needs."""
    return code in _WORDS


def reason_words(code: str) -> Promise | str:
    return _WORDS.get(code, code)
