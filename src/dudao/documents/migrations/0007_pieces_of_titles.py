from django.db import migrations


def add(apps, schema_editor):
    """Where PostgreSQL finds documents by a piece of number or title."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX document_by_pieces ON documents_document USING gin (text_pieces(number), text_pieces(title))"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX document_by_pieces")


class Migration(migrations.Migration):
    dependencies = [("documents", "0006_briefs"), ("places", "0003_pieces_of_text")]
    operations = [migrations.RunPython(add, remove)]
