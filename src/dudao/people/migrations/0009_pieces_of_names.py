from django.db import migrations, models


def add(apps, schema_editor):
    """Where PostgreSQL finds people by a piece of their names."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX user_by_pieces ON people_user USING gin "
            "(text_pieces(name), text_pieces(initials), text_pieces(username), text_pieces(certificate_no))"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX user_by_pieces")


class Migration(migrations.Migration):
    dependencies = [("people", "0008_initials_of_people"), ("places", "0003_pieces_of_text")]
    operations = [
        migrations.RunPython(add, remove),
        migrations.AddIndex("user", models.Index(fields=["name"], name="user_by_name")),
    ]
