"""The database refuses to change or remove what arrived: a stored file is never replaced, a body never rewritten."""

from django.db import migrations

# What may change: who has been told of a file; how far an entry has come.
KEPT = {
    "intake_evidencefile": (
        "sha256", "size", "declared_type", "sniffed_type", "trusted", "name", "path", "received_at", "entry_id", "user_id",
    ),
    "intake_entry": (
        "id", "kind", "schema", "user_id", "device_id", "made_at", "device_time", "received_at", "body", "body_sha256",
    ),
}  # fmt: skip
SAYS = "evidence is only added to"


def protect(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            "CREATE FUNCTION intake_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$"
        )
    does = "EXECUTE FUNCTION intake_refuse()" if postgresql else f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    for table, columns in KEPT.items():
        for name, verb in (("update", f"UPDATE OF {', '.join(columns)}"), ("delete", "DELETE")):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table} FOR EACH ROW {does}"
            )
        if postgresql:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {does}"
            )


def release(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in KEPT:
        on = f" ON {table}" if postgresql else ""
        for name in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{name}{on}")
        if postgresql:
            schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION intake_refuse()")


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_proofs")]
    operations = [migrations.RunPython(protect, release)]
