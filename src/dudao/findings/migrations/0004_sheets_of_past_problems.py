from django.db import migrations
from django.db.models import F

PORTION = 500


def name_sheets(apps, schema_editor):
    """Problems of visits made before come from the visit's one sheet, which goes by the visit's id."""
    Finding = apps.get_model("findings", "Finding")
    waiting = list(Finding.objects.filter(sheet=None).exclude(item="").order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(waiting), PORTION):
        Finding.objects.filter(pk__in=waiting[start : start + PORTION]).update(sheet_id=F("visit_id"))


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0004_sheets_of_past_visits"),
        ("findings", "0003_the_sheet_that_raised_it"),
    ]

    operations = [
        migrations.RunPython(name_sheets, migrations.RunPython.noop, elidable=True),
    ]
