from django.db import migrations
from django.db.models import F


def copy_what_customers_see(apps, schema_editor):
    """Until now these were read from the draft, so the draft's are what customers see.

    A migration of its own: PostgreSQL makes no index in a transaction whose rows still wait for their checks.
    """
    apps.get_model("knowledge", "Article").objects.exclude(published_at=None).update(
        published_summary=F("summary"),
        published_category=F("category"),
        published_visibility=F("visibility"),
        published_questions=F("questions"),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0002_published_as_a_whole'),
    ]

    operations = [
        migrations.RunPython(copy_what_customers_see, migrations.RunPython.noop),
    ]
