"""The fonts of official documents: which there are, where they come from, what each role falls back to.

`python -m dudao.documents.fonts` puts the files in place (see `__main__.py`); `catalogue` tells the renderer what is
there. Nothing of a font is kept in the repository; licences are listed in THIRD_PARTY.md.
"""
