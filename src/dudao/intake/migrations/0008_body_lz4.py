"""Bodies of entries are packed the quick way where the database can: PostgreSQL's own packing costs as much as the commit."""

from django.db import migrations


def pack_quickly(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        )
        known = cursor.fetchone()
        if known and known[0]:
            cursor.execute("ALTER TABLE intake_entry ALTER COLUMN body SET COMPRESSION lz4")


class Migration(migrations.Migration):
    dependencies = [("intake", "0007_media")]

    operations = [migrations.RunPython(pack_quickly, migrations.RunPython.noop)]
