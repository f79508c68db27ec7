import django.db.models.deletion
from django.db import migrations, models

# A move of the unit that is not committed yet is waited for, so that no problem keeps the region left behind.
POSTGRESQL = (
    "CREATE FUNCTION finding_takes_region() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "SELECT region_id INTO NEW.region_id FROM places_unit WHERE id = NEW.unit_id FOR SHARE; RETURN NEW; END $$",
    "CREATE TRIGGER finding_takes_region BEFORE INSERT OR UPDATE OF unit_id, region_id ON findings_finding "
    "FOR EACH ROW EXECUTE FUNCTION finding_takes_region()",
    "CREATE FUNCTION unit_gives_region() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "UPDATE findings_finding SET region_id = NEW.region_id WHERE unit_id = NEW.id; RETURN NULL; END $$",
    "CREATE TRIGGER unit_gives_region AFTER UPDATE OF region_id ON places_unit "
    "FOR EACH ROW WHEN (OLD.region_id <> NEW.region_id) EXECUTE FUNCTION unit_gives_region()",
)
TAKEN = (
    "BEGIN UPDATE findings_finding SET region_id = (SELECT region_id FROM places_unit WHERE id = NEW.unit_id) "
    "WHERE id = NEW.id; END"
)
SQLITE = (
    f"CREATE TRIGGER finding_takes_region AFTER INSERT ON findings_finding {TAKEN}",
    f"CREATE TRIGGER finding_keeps_region AFTER UPDATE OF unit_id, region_id ON findings_finding {TAKEN}",
    "CREATE TRIGGER unit_gives_region AFTER UPDATE OF region_id ON places_unit WHEN OLD.region_id <> NEW.region_id "
    "BEGIN UPDATE findings_finding SET region_id = NEW.region_id WHERE unit_id = NEW.id; END",
)


def keep(apps, schema_editor):
    """The database itself gives each problem the region of its unit, and the new one when the unit moves."""
    for one in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(one, params=None)


def release(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER unit_gives_region ON places_unit")
        schema_editor.execute("DROP TRIGGER finding_takes_region ON findings_finding")
        schema_editor.execute("DROP FUNCTION unit_gives_region()")
        schema_editor.execute("DROP FUNCTION finding_takes_region()")
        return
    for name in ("unit_gives_region", "finding_keeps_region", "finding_takes_region"):
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("findings", "0011_deadline_that_runs"), ("places", "0003_pieces_of_text")]
    operations = [
        migrations.AddField(
            "finding",
            "region",
            models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="places.region",
            ),
        ),
        migrations.RunPython(keep, release),
    ]
