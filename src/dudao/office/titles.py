"""What each kind of journal event is called."""

from django.utils.translation import gettext_lazy as _

from dudao.alarms.states import STEPS as ALARM_STEPS
from dudao.documents.views import STEPS as DOCUMENT_STEPS
from dudao.findings.looks import STEPS as FINDING_STEPS
from dudao.inspections.views import STEPS as VISIT_STEPS
from dudao.inspectors.application_views import STEPS as APPLICATION_STEPS
from dudao.plans.term_views import STEPS as TERM_STEPS

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

ACCOUNT_STEPS = {
    "account.open": _("新增账号"),
    "account.change": _("修改账号"),
    "account.reset": _("重置密码"),
    "account.hand_out": _("发放初始密码"),
    "account.password": _("修改密码"),
    "account.off": _("停用账号"),
    "account.on": _("启用账号"),
    "account.steps_away": _("收起第一步提示"),
    "device.revoke": _("停用手机"),
    "device.allow": _("恢复手机"),
    "grant.give": _("给予授权"),
    "grant.end": _("收回授权"),
    "grant.lend": _("设定代理"),
    "grant.keep": _("复核后保留授权"),
    "phone.view": _("查看电话"),
    "account.export": _("导出账号"),
}

EVENTS = {
    **VISIT_STEPS,
    **APPLICATION_STEPS,
    **FINDING_STEPS,
    **ALARM_STEPS,
    **UNIT_STEPS,
    **RULE_STEPS,
    **ACCOUNT_STEPS,
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
    "inspector.photo": _("更新督学照片"),
    "inspector.term": _("登记聘期"),
    "board.print": _("批量生成公示牌"),
    "inspector.training": _("登记培训"),
    "inspector.work": _("上传报告或调研"),
    "inspector.work_taken_back": _("删除报告或调研"),
    "inspector.tie": _("登记回避"),
    "inspector.leave": _("督学离任"),
    "plan.month": _("设定月度主题"),
    "plan.add": _("列入督导计划"),
    "plan.day": _("确定计划日期"),
    "plan.drop": _("移出督导计划"),
    "plan.hand_over": _("督导计划移交"),
    "plan.invite": _("邀请同行督学"),
    "plan.answer": _("答复同行邀请"),
    **TERM_STEPS,
    "zone.open": _("设立责任区"),
    "zone.change": _("修改责任区"),
    "zone.close": _("撤销责任区"),
    "import.upload": _("上传导入文件"),
    "import.apply": _("导入名册"),
    "import.mean": _("确认存疑的行"),
    "import.discard": _("放弃导入"),
    **DOCUMENT_STEPS,
    "document.bundle": _("合并、打包文书"),
    "rollup.agrees": _("统计核对一致"),
    "rollup.differs": _("统计核对发现差异并已更正"),
    "instrument.publish": _("发布督导量表"),
    "device.sign_in": _("手机登录"),
    "device.key": _("登记手机密钥"),
    "entry.replay": _("重新处理待查条目"),
    "evidence.fault": _("证据文件复核发现问题"),
    "evidence.sound": _("证据文件恢复完好"),
    "evidence.sweep": _("复核证据文件"),
    "entry.handed_in": _("由导出文件读入"),
    "handover.upload": _("上传手机导出文件"),
    "handover.take": _("读入手机导出文件"),
    "handover.discard": _("放弃手机导出文件"),
    "entry.repair": _("更正待查条目"),
    "entry.close": _("了结待查条目"),
    "entry.unproved": _("设备签名不符"),
}
