"""The letter of appointment of a term (聘书), as an official document; Regulations on Education Supervision, art. 6."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from dudao.documents import layout, queries
from dudao.documents import services as documents
from dudao.documents.kinds import Kind
from dudao.documents.models import Document
from dudao.documents.official import OfficialDocument, Paragraph
from dudao.inspectors.models import Inspector, Term
from dudao.kernel import clock
from dudao.kernel.errors import Invalid, StaleState
from dudao.people.access import Anyone
from dudao.people.models import User

KIND = Kind.APPOINTMENT_LETTER.value


@transaction.atomic
def issue_letter(term: Term, *, by: User) -> Document:
    """Issue the letter of a term, once. Raises StaleState when it is issued already, Invalid after the inspector left."""
    one = term.inspector
    if one.left_on:
        raise Invalid(_("该督学已离任，不能再签发聘书。"))
    if Document.objects.filter(kind=KIND, subject_type=_type(), subject_id=str(term.pk)).exists():
        raise StaleState(_("这一聘期的聘书已经签发，请刷新页面。"))
    return documents.issue(_text(one, term), issuer=one.region, subject=term, for_unit=False, by=by)


def letters_of(user: Anyone, one: Inspector) -> dict[str, Document]:
    """The letters of an inspector's terms within reach of `user`, by the term's key."""
    keys = [str(pk) for pk in one.terms.values_list("pk", flat=True)]
    found = queries.documents_visible_to(user).filter(kind=KIND, subject_type=_type(), subject_id__in=keys)
    return {letter.subject_id: letter for letter in found}


def _type() -> str:
    return Term._meta.label_lower


def _text(one: Inspector, term: Term) -> OfficialDocument:
    office = one.region.office or f"{one.region.name}教育督导室"
    starts, ends = layout.chinese_date(term.starts_on), layout.chinese_date(term.ends_on)
    with override("zh-hans"):  # an official document is Chinese whoever issues it
        level, engagement = one.get_level_display(), one.get_engagement_display()
    certificate = f"督学证号：{one.user.certificate_no}。" if one.user.certificate_no else ""
    body = (
        f"根据《教育督导条例》和《中小学校责任督学挂牌督导办法》，聘请您担任{level}（{engagement}），"
        f"为第{layout.chinese_number(term.number)}个聘期，自{starts}起，至{ends}止。{certificate}"
    )
    return OfficialDocument(  # noqa: S604 - its shell is a form of paper, no command
        kind=KIND,
        shell="record",  # without a red head it is one page, to be framed
        title=f"{one.user.name}同志聘书",
        addressee=f"{one.user.name}同志",
        issued_on=clock.today(),
        blocks=(
            Paragraph(body),
            Paragraph("望您依法履行督学职责，坚持原则、实事求是，接受学校和社会的监督。"),
            Paragraph("特此聘任。"),
        ),
        organ=office,
    )
