"""What a form brings in, stored at once, so that no fault elsewhere asks for it again."""

from django import forms
from django.http import QueryDict

from dudao.findings.evidence import store_file
from dudao.findings.forms import FilesField
from dudao.intake import evidence_access
from dudao.intake.handed_in import store_picture
from dudao.kernel.errors import Invalid
from dudao.people.models import User


def store(form: forms.Form, posted: QueryDict, *, by: User) -> dict[str, list[str]]:
    """Field → hashes of what it holds: kept from an earlier try, and new. What is of no kind we keep is told at its field;
    a hash typed by hand opens nothing."""
    stored: dict[str, list[str]] = {}
    for name, field in form.fields.items():
        if not isinstance(field, FilesField):
            continue
        hashes = [sha for sha in posted.getlist(f"kept_{name}") if len(sha) == 64]
        keep = store_picture if field.is_photo else store_file
        for file in getattr(form, "cleaned_data", {}).get(name) or []:
            try:
                hashes.append(keep(file, by=by).sha256)
            except Invalid as error:
                form.add_error(name, error.message)
        stored[name] = [sha for sha in dict.fromkeys(hashes) if evidence_access.may_see(by, sha)]
    return stored
