"""What the tables hold, told without a word of what is in them: rows for each, their names, migrations, failed jobs."""

# ruff: noqa: SLF001 - `_meta` and `_base_manager` are documented parts of Django's models.

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from opieka.plumbing.models import JobRow

_ORGANISATION = "organisation_id"


def rows_by_table(organisation_id: int) -> dict[str, int]:
    """Table name to its rows of this organisation; tables that belong to no organisation are left out."""
    owned = [model for model in apps.get_models() if _is_owned(model)]
    return {model._meta.db_table: _rows(model, organisation_id) for model in owned}


def _is_owned(model: type[Model]) -> bool:
    names = {getattr(field, "attname", "") for field in model._meta.get_fields()}
    return _ORGANISATION in names and model.__module__.startswith("opieka.")


def _rows(model: type[Model], organisation_id: int) -> int:
    return model._base_manager.filter(**{_ORGANISATION: organisation_id}).count()


def table_words() -> frozenset[str]:
    """The names of all tables, alone and with each of their columns: "accounts_user.email"."""
    metas = [model._meta for model in apps.get_models()]
    columns = {f"{meta.db_table}.{field.column}" for meta in metas for field in meta.concrete_fields}
    return frozenset({meta.db_table for meta in metas} | columns)


def newest_migrations() -> dict[str, str]:
    """The last applied migration of each of our apps."""
    applied = MigrationRecorder(connection).applied_migrations()
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("opieka")}
    return {app: name for app, name in sorted(applied) if app in own}


def database_version() -> str:
    """For example "postgresql 15.8"; the version alone says nothing about where the database is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.vendor} {str(cursor.fetchone()[0]).split()[0]}"


def troubled_jobs(organisation_id: int, *, most: int = 50) -> list[JobRow]:
    """Jobs of this organisation that failed at least once, the newest first."""
    failed = JobRow.objects.filter(organisation_id=organisation_id).exclude(last_error="")
    return list(failed.order_by("-id")[:most])
