"""Work done later: many boards in one file; what is looked at again and again: publicity that is over."""

from django_tasks import task

from dudao.inspectors import messages, printing
from dudao.inspectors.models import Application
from dudao.inspectors.states import State
from dudao.kernel import clock


@task()
def print_later(printing_id: str) -> None:
    """Make the boards of an order. Delivered twice, it makes them once."""
    printing.make(printing_id)


def publicity_over() -> int:
    """Tell the office once that nothing but objections stands in the way of an appointment."""
    over = Application.objects.filter(state=State.PUBLIC, public_until__lt=clock.today())
    return sum(messages.tell_step("application.over", one, by=None) for one in over.select_related("region"))
