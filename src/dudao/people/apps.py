from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "dudao.people"
    label = "people"

    def ready(self) -> None:
        from dudao.ui import navigation  # noqa: PLC0415

        navigation.register(_("账号与授权"), "people:accounts", "users", "account.view", order=80)
