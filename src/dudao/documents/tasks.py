"""Work done later: the files of an issued document, many documents in one; and what is looked at again and again."""

from django_tasks import task

from dudao.documents import bundles, messages, rendering
from dudao.documents.models import Document
from dudao.kernel import clock


@task()
def render_later(document_id: str) -> None:
    """Make the files of a document. Delivered twice, it makes them once."""
    rendering.render(document_id)


@task()
def bundle_later(bundle_id: str) -> None:
    """Make the file of an order. Delivered twice, it makes it once."""
    bundles.make(bundle_id)


def remind_unreceived() -> int:
    """Tell unit and signer once that a document was not confirmed in time."""
    late = Document.objects.all().overdue(clock.today()).select_related("unit", "issued_by")
    return sum(messages.tell_overdue(one) for one in late)
