"""The accounts of the sample city that the demo's sign-in page offers. Only ever used when `DUDAO_DEMO` is set."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DemoAccount(NamedTuple):
    username: str
    icon: str
    label: Promise
    invitation: Promise


ACCOUNTS = [
    DemoAccount(
        "demo-city",
        "building-bank",
        _("市督导办"),
        _("看九个县（市、区）的覆盖与整改，逐级下钻，导出问题台账。"),
    ),
    DemoAccount(
        "demo-county",
        "building-community",
        _("县级督导室"),
        _("看督导实况，下载红头报告，审核下发严重问题，审批销号。"),
    ),
    DemoAccount(
        "demo-inspector",
        "device-mobile",
        _("责任督学"),
        _("用手机端断网督导一所学校，报告和问题清单自动生成。"),
    ),
    DemoAccount("demo-school", "school", _("学校"), _("签收问题，填写措施，上传整改前后照片。")),
    DemoAccount(
        "demo-staff", "users", _("学校经办人"), _("起草整改情况，交副校长审阅后报告；不能自己报告。")
    ),
    DemoAccount("demo-auditor", "shield-check", _("审计、纪检"), _("只读查看全部记录，核验日志未被改动。")),
    DemoAccount(
        "demo-admin", "settings", _("系统管理员"), _("新增一个没有授权的账号，查看规则依据和后台任务。")
    ),
    DemoAccount(
        "demo-security", "key", _("安全管理员"), _("打开一个账号，给予或收回授权；自己的授权自己改不了。")
    ),
    DemoAccount(
        "demo-audit", "history", _("审计管理员"), _("在日志中查看两位管理员做了什么，核对封存的哈希链。")
    ),
]
