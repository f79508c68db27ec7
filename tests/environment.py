"""Loaded before anything else (`-p tests.environment`): tests never see the home, key or demo of a real deployment."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests import molds

if molds.RUN not in os.environ:
    molds.begin(Path(tempfile.mkdtemp(prefix="dudao-run-")))
_home = tempfile.mkdtemp(prefix="dudao-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
_root = Path(__file__).resolve().parents[1]
os.environ.setdefault("DUDAO_FONTS_DIR", str(_root / "var" / "fonts"))
os.environ["DUDAO_HOME"] = _home
os.environ["DUDAO_SECRET_KEY"] = "a key for tests only"
os.environ.pop("DUDAO_DEMO", None)
# The browser's driver keeps an event loop running in the test's thread; Django would refuse its database there, although
# every test is synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
