"""What the editor needs beside a draft's text: compiled conditions, their sentences, what is still wrong."""

from typing import Any

from dudao.instruments import expressions
from dudao.instruments.definitions import expressions_of, flaws, gaps
from dudao.instruments.expressions import BadExpression
from dudao.instruments.models import Draft
from dudao.instruments.sentences import Speaker


def state_of(draft: Draft) -> dict[str, Any]:
    """The saved state of a draft, as the editor takes it after each save.

    `trees`: expression → compiled tree, for the preview. `sentences`: item key ("" for sections) → expression → words.
    `flaws`: what keeps it from publication, each with its section, item and field.
    """
    definition = draft.definition
    speaker = Speaker(definition)
    trees: dict[str, Any] = {}
    sentences: dict[str, dict[str, str]] = {}
    for own, text in expressions_of(definition):
        try:
            trees[text] = expressions.parse(text)
        except BadExpression:
            continue  # the flaws tell of it
        sentences.setdefault(own.key if own else "", {})[text] = speaker.sentence(text, own)
    return {
        "revision": draft.revision,
        "saved_at": draft.saved_at,
        "saved_by": str(draft.saved_by),
        "trees": trees,
        "sentences": sentences,
        "flaws": [flaw._asdict() for flaw in (*flaws(definition), *gaps(definition))],
    }
