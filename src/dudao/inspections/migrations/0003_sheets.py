import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('instruments', '0001_begin'),
        ('inspections', '0002_unit_agrees_has_a_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sheet',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('answers', models.JSONField(default=dict)),
                ('notes', models.JSONField(default=dict)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='instruments.version')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='inspections.visit')),
            ],
            options={
                'ordering': ['visit', 'position'],
                'constraints': [models.UniqueConstraint(fields=('visit', 'position'), name='sheet_position_once')],
            },
        ),
        migrations.AddField(
            model_name='visitfile',
            name='sheet',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='inspections.sheet'),
        ),
    ]
