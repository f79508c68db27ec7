"""Settings from the environment only (`env.py`); one module per subject."""

from dudao.settings.apps import *  # noqa: F403
from dudao.settings.database import *  # noqa: F403
from dudao.settings.files import *  # noqa: F403
from dudao.settings.security import *  # noqa: F403
from dudao.settings.texts import *  # noqa: F403
