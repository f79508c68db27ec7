"""Languages and time. Source strings are Simplified Chinese; English is a complete catalogue."""

from django.utils.translation import gettext_lazy as _

from dudao.settings import env

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [str(env.PACKAGE / "locale")]
LANGUAGE_COOKIE_NAME = "dudao_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("DUDAO_TIME_ZONE", "Asia/Shanghai")
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
FORMAT_MODULE_PATH = "dudao.formats"
