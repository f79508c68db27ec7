from django.db import migrations, models
from django.db.models.functions import Upper

# Every other piece from the first character on, then from the second on; what is left alone at the end is no piece.
PIECES = r"""
CREATE FUNCTION text_pieces(text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_to_array(rtrim(regexp_replace(upper($1), '(..)|.', E'\\1\x01', 'g'), E'\x01'), E'\x01')
        || string_to_array(rtrim(regexp_replace(substr(upper($1), 2), '(..)|.', E'\\1\x01', 'g'), E'\x01'), E'\x01')
$$
"""


def add(apps, schema_editor):
    """All pieces of two characters of a text, and where PostgreSQL finds units by them."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(PIECES)
        schema_editor.execute(
            "CREATE INDEX unit_by_pieces ON places_unit USING gin (text_pieces(name), text_pieces(initials))"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX unit_by_pieces")
        schema_editor.execute("DROP FUNCTION text_pieces(text)")


class Migration(migrations.Migration):
    dependencies = [("places", "0002_history_of_units")]
    operations = [
        migrations.RunPython(add, remove),
        migrations.AddIndex("unit", models.Index(Upper("code"), name="unit_by_code_in_any_case")),
        migrations.AddIndex("unit", models.Index(fields=["pupils"], name="unit_by_pupils")),
        migrations.AddIndex("unit", models.Index(fields=["name"], name="unit_by_name")),
    ]
