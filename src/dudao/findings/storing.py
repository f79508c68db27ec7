"""What a form brings in, stored at once, so that no fault elsewhere asks for it again."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import QueryDict

from dudao.findings.evidence import store_file
from dudao.findings.forms import FilesField
from dudao.intake import evidence_access
from dudao.intake.handed_in import store_picture
from dudao.kernel.errors import Invalid
from dudao.people.models import User


def store(form: forms.Form, posted: QueryDict, *, by: User) -> dict[str, list[str]]:
    """Field → hashes of what it holds: kept from an earlier try, and new. What is of no kind we keep is told at its field;
    a hash typed by hand opens nothing.

    Who handed a file in may send it on though somebody else had stored the same bytes before: hence the signature.
    """
    stored: dict[str, list[str]] = {}
    for name, field in form.fields.items():
        if not isinstance(field, FilesField):
            continue
        hashes = [sha for one in posted.getlist(f"kept_{name}") if (sha := _kept(one, by))]
        keep = store_picture if field.is_photo else store_file
        for file in getattr(form, "cleaned_data", {}).get(name) or []:
            try:
                hashes.append(keep(file, by=by).sha256)
            except Invalid as error:
                form.add_error(name, error.message)
        stored[name] = list(dict.fromkeys(hashes))
    return stored


class Held(NamedTuple):
    """A stored file as a form carries it to the next try."""

    sha256: str
    signed: str


def held(stored: Mapping[str, Sequence[str]], by: User) -> dict[str, list[Held]]:
    """What the form shows of what it holds."""
    signer = _signer(by)
    return {name: [Held(sha, signer.sign(sha)) for sha in hashes] for name, hashes in stored.items()}


def _kept(value: str, by: User) -> str:
    try:
        return _signer(by).unsign(value)
    except BadSignature:
        return value if len(value) == 64 and evidence_access.may_see(by, value) else ""


def _signer(by: User) -> Signer:
    return Signer(salt=f"findings.kept.{by.pk}")
