"""What a password must be: Django's checks, in the words of our forms, which say 您."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class NotLikeTheAccount(password_validation.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _("密码与您的%(verbose_name)s太相似，请换一个。")

    def get_help_text(self) -> str:
        return _("不要与您的账号相似。")


class LongEnough(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        text = ngettext("密码太短，至少要 %(n)s 个字符。", "密码太短，至少要 %(n)s 个字符。", self.min_length)
        return text % {"n": self.min_length}

    def get_help_text(self) -> str:
        return ngettext("至少 %(n)s 个字符。", "至少 %(n)s 个字符。", self.min_length) % {
            "n": self.min_length
        }


class NotCommon(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("这是很多人在用的密码，容易被猜到，请换一个。")

    def get_help_text(self) -> str:
        return _("不要用很多人在用的密码。")


class NotOnlyDigits(password_validation.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return _("密码不能全是数字，请加入字母或符号。")

    def get_help_text(self) -> str:
        return _("不要全用数字。")
