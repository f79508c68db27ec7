"""What each role may do. The readable table of rights is made from this file."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Role of a grant (角色); product.md, People."""

    CITY_OFFICE = "CITY_OFFICE", _("市督导办工作人员")
    COUNTY_OFFICE = "COUNTY_OFFICE", _("县级督导室工作人员")
    INSPECTOR = "INSPECTOR", _("责任督学")
    UNIT = "UNIT", _("被督导单位")
    UNIT_STAFF = "UNIT_STAFF", _("被督导单位经办人")
    AUDITOR = "AUDITOR", _("审计、纪检")
    ADMINISTRATOR = "ADMINISTRATOR", _("系统管理员")
    SECURITY = "SECURITY", _("安全管理员")
    AUDIT = "AUDIT", _("审计管理员")


CAPABILITIES = {
    "unit.view": _("查看学校"),
    "unit.manage": _("维护学校与机构"),
    "region.manage": _("维护本级督导机构信息"),
    "inspector.view": _("查看督学名册"),
    "inspector.manage": _("维护督学名册"),
    "zone.view": _("查看责任区"),
    "zone.manage": _("划分责任区、安排责任督学"),
    "plan.view": _("查看督导计划"),
    "plan.manage": _("制定督导计划"),
    "visit.view": _("查看督导记录"),
    "visit.record": _("现场记录督导"),
    "finding.view": _("查看问题"),
    "finding.issue": _("审核下发问题"),
    "finding.receive": _("签收问题"),
    "finding.write": _("起草整改情况"),
    "finding.report": _("报告整改"),
    "finding.answer": _("办理转办问题"),
    "finding.verify": _("核查整改"),
    "finding.sign_off": _("审批销号"),
    "alarm.view": _("查看重大隐患上报"),
    "alarm.handle": _("处理重大隐患上报"),
    "document.view": _("查看文书"),
    "document.draft": _("拟写文书"),
    "document.review": _("审核文书"),
    "document.sign": _("签发和作废文书"),
    "document.receive": _("签收文书"),
    "document.manage": _("维护文书模板和印章"),
    "coverage.view": _("查看覆盖情况"),
    "live.view": _("查看督导实况"),
    "intake.quarantine": _("处理待查条目"),
    "instrument.view": _("查看督导量表"),
    "instrument.manage": _("编写和发布本级督导量表"),
    "rule.view": _("查看规则"),
    "rule.manage": _("设定本级规则和学期"),
    "word.manage": _("维护字典"),
    "calendar.manage": _("维护工作日历"),
    "journal.view": _("查看日志"),
    "queue.manage": _("处理后台任务"),
    "phone.view": _("查看督学和联络员电话"),
    "account.view": _("查看账号与授权"),
    "account.manage": _("管理账号"),
    "grant.manage": _("授权与收回"),
}

_OFFICE = {
    "unit.view",
    "unit.manage",
    "region.manage",
    "inspector.view",
    "inspector.manage",
    "zone.view",
    "zone.manage",
    "plan.view",
    "plan.manage",
    "visit.view",
    "finding.view",
    "finding.issue",
    "finding.answer",
    "finding.verify",
    "finding.sign_off",
    "alarm.view",
    "alarm.handle",
    "document.view",
    "document.draft",
    "document.review",
    "document.sign",
    "document.manage",
    "coverage.view",
    "live.view",
    "intake.quarantine",
    "instrument.view",
    "instrument.manage",
    "rule.view",
    "rule.manage",
    "phone.view",
    "account.view",
    "account.manage",
    "grant.manage",
}

RIGHTS: dict[str, frozenset[str]] = {
    Role.CITY_OFFICE: frozenset(_OFFICE | {"word.manage"}),
    Role.COUNTY_OFFICE: frozenset(_OFFICE),
    Role.INSPECTOR: frozenset(
        {
            "plan.view",
            "unit.view",
            "visit.view",
            "visit.record",
            "finding.view",
            "finding.verify",
            "document.view",
            "document.draft",
            "instrument.view",
            "rule.view",
            "phone.view",
        }
    ),
    Role.UNIT: frozenset(
        {
            "unit.view",
            "visit.view",
            "finding.view",
            "finding.receive",
            "finding.write",
            "finding.report",
            "finding.answer",
            "document.view",
            "document.receive",
            "phone.view",
        }
    ),
    Role.UNIT_STAFF: frozenset(
        {
            "unit.view",
            "visit.view",
            "finding.view",
            "finding.write",
            "document.view",
            "phone.view",
        }
    ),
    Role.AUDITOR: frozenset(
        {
            "unit.view",
            "inspector.view",
            "zone.view",
            "plan.view",
            "visit.view",
            "finding.view",
            "alarm.view",
            "document.view",
            "coverage.view",
            "live.view",
            "instrument.view",
            "rule.view",
            "journal.view",
            "account.view",
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            "rule.view",
            "word.manage",
            "calendar.manage",
            "instrument.view",
            "queue.manage",
            "account.view",
            "account.manage",
        }
    ),
    Role.SECURITY: frozenset({"account.view", "grant.manage"}),
    Role.AUDIT: frozenset({"account.view", "journal.view"}),
}

_FIELD = RIGHTS[Role.INSPECTOR] | RIGHTS[Role.UNIT]
ENTRUSTED: dict[str, frozenset[str]] = {
    Role.CITY_OFFICE: _FIELD - RIGHTS[Role.CITY_OFFICE],
    Role.COUNTY_OFFICE: _FIELD - RIGHTS[Role.COUNTY_OFFICE],
    Role.SECURITY: frozenset(CAPABILITIES) - RIGHTS[Role.SECURITY],
}
"""What a role hands on to others without using it: an office appoints inspectors, who record what it does not."""

EVERYWHERE: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset({"account.view", "account.manage"}),
    Role.SECURITY: frozenset({"account.view", "grant.manage"}),
    Role.AUDIT: frozenset({"account.view", "journal.view"}),
}
"""What the deployment's administrators do in every region; the region of their grant is only where they sit."""

APART = frozenset({Role.ADMINISTRATOR, Role.SECURITY, Role.AUDIT})
"""The three administrators watch each other: nobody is two of them at a time."""

_LEVELS = frozenset({"PROVINCE", "CITY", "COUNTY"})
PLACES: dict[str, frozenset[str]] = {
    Role.CITY_OFFICE: frozenset({"PROVINCE", "CITY"}),
    Role.COUNTY_OFFICE: frozenset({"COUNTY"}),
    Role.INSPECTOR: frozenset({"assigned", "unit"}),
    Role.UNIT: frozenset({"unit"}),
    Role.UNIT_STAFF: frozenset({"unit"}),
    Role.AUDITOR: _LEVELS,
    Role.ADMINISTRATOR: _LEVELS,
    Role.SECURITY: _LEVELS,
    Role.AUDIT: _LEVELS,
}
"""Where each role can hold: at a region's level, one unit, or the units assigned to the person."""


def held_by(role: str) -> frozenset[str]:
    """The capabilities a role holds, to use or to hand on."""
    return RIGHTS[role] | ENTRUSTED.get(role, frozenset())


def roles_given_by(role: str) -> list[Role]:
    """The roles that hold nothing `role` lacks; of those that act everywhere, only for one that does."""
    if "grant.manage" not in RIGHTS[role]:
        return []
    return [
        one for one in Role if held_by(one) <= held_by(role) and (role in EVERYWHERE or one not in EVERYWHERE)
    ]
