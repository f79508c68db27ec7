"""What each kind of journal event is called."""

from django.utils.translation import gettext_lazy as _

from dudao.findings.looks import STEPS as FINDING_STEPS
from dudao.inspections.views import STEPS as VISIT_STEPS

EVENTS = {
    **VISIT_STEPS,
    **FINDING_STEPS,
    "document.issued": _("签发文书"),
    "document.rendered": _("生成文书文件"),
    "instrument.publish": _("发布督导量表"),
    "device.sign_in": _("手机登录"),
    "account.password": _("修改密码"),
    "entry.replay": _("重新处理待查条目"),
}
