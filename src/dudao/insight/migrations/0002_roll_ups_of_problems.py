"""Roll-ups by the region's key, and how problems stand.

The table of the first release stays for code that still runs, and goes with the next one.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("insight", "0001_begin"),
        ("places", "0002_history_of_units"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("UnitMonth")]),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(unique=True, verbose_name='日期')),
                ('units', models.PositiveIntegerField()),
                ('wrong', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='UnitClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('days', models.PositiveIntegerField()),
                ('count', models.PositiveIntegerField()),
                ('region', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.region')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['region', 'month'], name='unit_closing_by_region')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'month', 'days'), name='unit_closing_once')],
            },
        ),
        migrations.CreateModel(
            name='UnitMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='月份')),
                ('visits', models.PositiveIntegerField(default=0)),
                ('found', models.PositiveIntegerField(default=0)),
                ('struck_off', models.PositiveIntegerField(default=0)),
                ('returned', models.PositiveIntegerField(default=0)),
                ('region', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.region')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.unit')),
            ],
            options={
                'db_table': 'insight_month',
                'ordering': ['month'],
                'indexes': [models.Index(fields=['region', 'month'], name='month_by_region')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'month'), name='month_once_a_unit')],
            },
        ),
        migrations.CreateModel(
            name='UnitStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=12)),
                ('severity', models.CharField(max_length=10)),
                ('due_on', models.DateField(null=True)),
                ('count', models.PositiveIntegerField()),
                ('region', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.region')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['region', 'state'], name='unit_standing_by_region')],
                'constraints': [models.UniqueConstraint(fields=('unit', 'state', 'severity', 'due_on'), name='unit_standing_once_a_deadline'), models.UniqueConstraint(condition=models.Q(('due_on__isnull', True)), fields=('unit', 'state', 'severity'), name='unit_standing_once_without')],
            },
        ),
    ]
