from django.apps import AppConfig
from django.db.models import CharField, TextField

from dudao.kernel.holding import Holds


class KernelConfig(AppConfig):
    name = "dudao.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for field in (CharField, TextField):
            field.register_lookup(Holds)
