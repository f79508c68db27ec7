from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('findings', '0009_look_backs_told_of'),
    ]

    operations = [
        migrations.AddField(
            model_name='proof',
            name='masks',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='reportphoto',
            name='masks',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
