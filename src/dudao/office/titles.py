"""What each kind of journal event is called."""

from django.utils.translation import gettext_lazy as _

from dudao.findings.looks import STEPS as FINDING_STEPS
from dudao.inspections.views import STEPS as VISIT_STEPS

UNIT_STEPS = {
    "unit.add": _("新增单位"),
    "unit.change": _("修改单位信息"),
    "unit.institution": _("修改机构信息"),
    "unit.year": _("填写学年概况"),
    "unit.rename": _("单位更名"),
    "unit.move": _("变更隶属"),
    "unit.assign": _("安排责任督学"),
    "unit.zone": _("划入责任区"),
    "unit.close": _("停办、合并或分设"),
    "unit.reopen": _("恢复办学"),
}

RULE_STEPS = {
    "rule.set": _("设定规则"),
    "rule.withdraw": _("撤回未生效的规则"),
    "rule.end": _("恢复执行上级规定"),
}

EVENTS = {
    **VISIT_STEPS,
    **FINDING_STEPS,
    **UNIT_STEPS,
    **RULE_STEPS,
    "term.keep": _("登记学期"),
    "calendar.day": _("修改工作日历"),
    "word.add": _("新增字典项"),
    "word.change": _("修改字典项"),
    "word.move": _("调整字典顺序"),
    "region.add": _("新增功能区"),
    "region.change": _("修改督导机构信息"),
    "assignment.end": _("结束责任关系"),
    "inspector.register": _("登记督学"),
    "inspector.change": _("修改督学信息"),
    "inspector.term": _("登记聘期"),
    "inspector.training": _("登记培训"),
    "inspector.tie": _("登记回避"),
    "inspector.leave": _("督学离任"),
    "zone.open": _("设立责任区"),
    "zone.change": _("修改责任区"),
    "zone.close": _("撤销责任区"),
    "import.upload": _("上传导入文件"),
    "import.apply": _("导入名册"),
    "import.discard": _("放弃导入"),
    "document.issued": _("签发文书"),
    "document.rendered": _("生成文书文件"),
    "instrument.publish": _("发布督导量表"),
    "device.sign_in": _("手机登录"),
    "account.password": _("修改密码"),
    "entry.replay": _("重新处理待查条目"),
}
