"""What people type about being told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.notify.channels import GROUPS, is_open
from dudao.notify.models import Channel, Preference
from dudao.people.models import User
from dudao.places.models import Region
from dudao.ui.forms import OfficeForm


class PreferenceForm(OfficeForm):
    """Which channels reach a person. A channel the deployment has not set up is not offered."""

    mail = forms.EmailField(
        label=_("邮箱"),
        required=False,
        max_length=254,
        help_text=_("保存后会收到一封确认邮件，打开其中的链接后才开始发送。"),
        error_messages={"invalid": _("请填写完整的邮箱地址，例如 name@example.cn。")},
    )
    by_mail = forms.BooleanField(label=_("把新消息汇总发到邮箱"), required=False)
    by_sms = forms.BooleanField(label=_("有新消息时发短信提醒"), required=False)

    def __init__(self, *args: Any, user: User, one: Preference, **kwargs: Any) -> None:
        kwargs["initial"] = {"mail": one.mail, "by_mail": one.by_mail, "by_sms": one.by_sms}
        super().__init__(*args, **kwargs)
        if not is_open(Channel.MAIL):
            del self.fields["mail"], self.fields["by_mail"]
        if not is_open(Channel.SMS):
            del self.fields["by_sms"]
        elif user.phone:
            self.fields["by_sms"].help_text = _("发到账号登记的手机号，只说有几条，不含内容。")

    def wanted(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {
            "mail": typed.get("mail", ""),
            "by_mail": typed.get("by_mail", False),
            "by_sms": typed.get("by_sms", False),
        }


class RobotForm(OfficeForm):
    """A robot of a chat group."""

    region = forms.ChoiceField(label=_("督导机构"))
    channel = forms.ChoiceField(label=_("群所在应用"))
    name = forms.CharField(label=_("群名称"), max_length=60, help_text=_("例如 督导室工作群"))
    address = forms.CharField(
        label=_("机器人的 Webhook 地址"),
        max_length=300,
        help_text=_(
            "在群设置里添加自定义机器人后复制。钉钉和飞书的安全设置请选“自定义关键词”，填写：督导。地址加密保存，之后不再显示。"
        ),
    )

    def __init__(self, *args: Any, regions: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {region.code: region for region in regions}
        named = self.fields["region"], self.fields["channel"]
        named[0].choices = [(region.code, region.office or region.name) for region in regions]  # type: ignore[attr-defined]
        named[1].choices = [(one.value, one.label) for one in GROUPS]  # type: ignore[attr-defined]
        if len(regions) == 1:
            self.fields["region"].widget = forms.HiddenInput()
            self.fields["region"].initial = regions[0].code

    def facts(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in ("channel", "name", "address")}
