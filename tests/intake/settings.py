"""The house up to the room of the door, with a trial kind registered: so these tests need no upper room."""

from dudao.settings import *  # noqa: F403
from dudao.settings import INSTALLED_APPS as EVERY_APP

_ABOVE = {
    f"dudao.{room}"
    for room in ("inspections", "plans", "findings", "alarms", "insight", "field", "portal", "office")
}
INSTALLED_APPS = [*(app for app in EVERY_APP if app not in _ABOVE), "tests.intake.trial"]
ROOT_URLCONF = "tests.intake.trial.urls"
