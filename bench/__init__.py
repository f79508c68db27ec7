"""Measures and their floors; what they told last stands in README.md.

Each has a home folder of its own, gone afterwards; the fonts are those of the checkout.
"""

import os
from pathlib import Path

os.environ.setdefault("DUDAO_FONTS_DIR", str(Path(__file__).resolve().parents[1] / "var" / "fonts"))
