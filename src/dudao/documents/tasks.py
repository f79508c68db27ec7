"""Work done later: the files of an issued document."""

from django_tasks import task

from dudao.documents import rendering


@task()
def render_later(document_id: str) -> None:
    """Make the files of a document. Delivered twice, it makes them once."""
    rendering.render(document_id)
