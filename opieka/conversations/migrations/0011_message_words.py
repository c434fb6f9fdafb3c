import django.db.models.deletion
from django.db import migrations, models

# `detail` and `columnsize` leave out what a search for whole words does not need: places in the text, and lengths.
FOR_SQLITE = [
    """CREATE VIRTUAL TABLE conversations_words USING fts5(
        words, content='conversations_messagewords', content_rowid='message_id',
        tokenize='ascii', detail='none', columnsize=0)""",
    """CREATE TRIGGER conversations_words_added AFTER INSERT ON conversations_messagewords BEGIN
        INSERT INTO conversations_words (rowid, words) VALUES (new.message_id, new.words);
    END""",
    """CREATE TRIGGER conversations_words_gone AFTER DELETE ON conversations_messagewords BEGIN
        INSERT INTO conversations_words (conversations_words, rowid, words)
        VALUES ('delete', old.message_id, old.words);
    END""",
    """CREATE TRIGGER conversations_words_changed AFTER UPDATE ON conversations_messagewords BEGIN
        INSERT INTO conversations_words (conversations_words, rowid, words)
        VALUES ('delete', old.message_id, old.words);
        INSERT INTO conversations_words (rowid, words) VALUES (new.message_id, new.words);
    END""",
]
FOR_POSTGRESQL = [
    "CREATE INDEX conversations_words ON conversations_messagewords USING gin (to_tsvector('simple', words))",
]


def make_index(apps, schema_editor):
    for statement in FOR_SQLITE if schema_editor.connection.vendor == "sqlite" else FOR_POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("added", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER conversations_words_{name}", params=None)
        schema_editor.execute("DROP TABLE conversations_words", params=None)
    else:
        schema_editor.execute("DROP INDEX conversations_words", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_sifts_mail'),
        ('channels', '0002_outages_and_ending_secrets'),
        ('conversations', '0010_claimed_ids'),
    ]

    operations = [
        migrations.CreateModel(
            name='MessageWords',
            fields=[
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='words', serialize=False, to='conversations.message')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('words', models.TextField()),
            ],
            options={
                'verbose_name_plural': 'message words',
            },
        ),
        migrations.AddField(
            model_name='message',
            name='words_due',
            field=models.BooleanField(default=True),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('words_due', True)), fields=['id'], name='message_words_due'),
        ),
        migrations.RunPython(make_index, drop_index),
    ]
