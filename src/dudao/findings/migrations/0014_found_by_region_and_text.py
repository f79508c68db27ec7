from django.db import migrations, models

OPEN = (
    "RECORDED", "REFERRED", "NOTIFIED", "RECEIVED", "RECTIFYING", "REPORTED", "RETURNED", "OBJECTED", "VERIFIED",
)
PIECES = "ON findings_finding USING gin (text_pieces(wording), text_pieces(number))"


def add(apps, schema_editor):
    """Where PostgreSQL finds problems by a piece of wording or number: among the open ones, and among all."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX finding_by_pieces {PIECES}")
        schema_editor.execute(f"CREATE INDEX finding_open_by_pieces {PIECES} WHERE state IN {OPEN}")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX finding_open_by_pieces")
        schema_editor.execute("DROP INDEX finding_by_pieces")


def index(name, *fields, **options):
    return migrations.AddIndex("finding", models.Index(fields=list(fields), name=name, **options))


class Migration(migrations.Migration):
    dependencies = [("findings", "0013_regions_of_past_problems")]
    operations = [
        index("finding_by_region", "region", "state", "severity"),
        index("finding_by_day", "runs_out_on", "-id", "region"),
        index("finding_open_by_day", "runs_out_on", "-id", "region", condition=models.Q(state__in=OPEN)),
        index("finding_open_by_number", "number", "-id", "region", condition=models.Q(state__in=OPEN)),
        index("finding_open_by_region", "region", "runs_out_on", "-id", condition=models.Q(state__in=OPEN)),
        migrations.RemoveIndex("finding", "finding_by_deadline"),
        migrations.RemoveIndex("finding", "finding_open_by_deadline"),
        migrations.RunPython(add, remove),
    ]
