from django.db import migrations
from django.db.models import Q

PORTION = 500


def name_handling(apps, schema_editor):
    """What was settled on the spot, what the office kept back for review, what was grave danger; all else was sent."""
    Finding = apps.get_model("findings", "Finding")
    handled = [
        ("SMALL", Q(settled_on_spot=True)),
        ("DANGER", Q(severity="CRITICAL")),
        ("SERIOUS", Q(severity="SERIOUS") | Q(state="RECORDED")),
    ]
    for disposition, which in handled:
        waiting = list(Finding.objects.filter(which, disposition="ORDINARY").order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(waiting), PORTION):
            Finding.objects.filter(pk__in=waiting[start : start + PORTION]).update(disposition=disposition)


class Migration(migrations.Migration):

    dependencies = [
        ("findings", "0005_how_each_is_handled"),
    ]

    operations = [
        migrations.RunPython(name_handling, migrations.RunPython.noop, elidable=True),
    ]
