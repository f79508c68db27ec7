"""What an XForm asks, as pyxform makes it: the independent side of every comparison of meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, fromstring

_X = "{http://www.w3.org/2002/xforms}"
_TEXT = re.compile(r"jr:itext\('([^']+)'\)")


@dataclass
class Question:
    """One question: conditions as expressions with `${name}`, its own and those of the groups it stands in."""

    relevant: list[str] = field(default_factory=list)
    constraint: str = ""
    required: str = ""
    labels: set[str] = field(default_factory=set)
    choices: dict[str, set[str]] = field(default_factory=dict)


def questions(xml: str) -> dict[str, Question]:
    """Every question with a control, by its name in small letters."""
    root = fromstring(xml)
    texts = _texts(root)
    binds = {one.get("nodeset", ""): one for one in root.iter(f"{_X}bind")}
    lists = {one.get("id", ""): one for one in root.iter(f"{_X}instance")}
    found = {}
    for control in root.iter():
        if control.tag.removeprefix(_X) in ("input", "select", "select1", "upload", "range", "trigger"):
            path = control.get("ref", "")
            bind = binds.get(path, Element("bind"))
            found[PurePosixPath(path).name.lower()] = Question(
                [_spoken(text) for text in _relevance(path, binds)],
                _spoken(bind.get("constraint", "")),
                _spoken(bind.get("required", "")),
                _labels(control, texts),
                dict(_choices(control, lists, texts)),
            )
    return found


def _texts(root: Element) -> dict[str, set[str]]:
    texts: dict[str, set[str]] = {}
    for text in root.iter(f"{_X}text"):
        for value in text.iter(f"{_X}value"):
            texts.setdefault(text.get("id", ""), set()).add(_flat(value))
    return texts


def _relevance(path: str, binds: dict[str, Element]) -> Iterator[str]:
    for place in (PurePosixPath(path), *PurePosixPath(path).parents):
        bind = binds.get(str(place))
        if bind is not None and bind.get("relevant"):
            yield bind.get("relevant", "")


def _spoken(xpath: str) -> str:
    """Paths as references: ` /data/group/name ` and ` ../name ` are `${name}`."""
    return re.sub(r"(?:\.\.)?(?:/[\w-]+)*/([\w-]+)", lambda m: f"${{{m[1].lower()}}}", xpath).strip()


def _labels(control: Element, texts: dict[str, set[str]]) -> set[str]:
    label = control.find(f"{_X}label")
    if label is None:
        return set()
    named = _TEXT.search(label.get("ref", ""))
    return texts.get(named[1], set()) if named else {_flat(label)}


def _choices(
    control: Element, lists: dict[str, Element], texts: dict[str, set[str]]
) -> Iterator[tuple[str, set[str]]]:
    itemset = control.find(f"{_X}itemset")
    if itemset is None:
        return
    named = re.search(r"instance\('([^']+)'\)", itemset.get("nodeset", ""))
    for item in lists[named[1]].iter(f"{_X}item") if named else ():
        value = item.findtext(f"{_X}name", "")
        label = item.find(f"{_X}label")
        yield (
            value,
            {_flat(label)} if label is not None else texts.get(item.findtext(f"{_X}itextId", ""), set()),
        )


def _flat(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
