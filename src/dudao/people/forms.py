"""Signing in, and choosing a password."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("账号或密码不正确。连续输错 5 次将锁定 30 分钟。"),
        "inactive": _("该账号已停用，请联系系统管理员。"),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-control"
            field.label = {"username": _("账号"), "password": _("密码")}[name]


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password of one's own instead of the one-time one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class PasswordForm(PasswordChangeForm):
    """Another password instead of one's own."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": _("您的旧密码不正确，请重新输入。")
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
