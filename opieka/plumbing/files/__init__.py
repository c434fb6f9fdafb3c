"""Files: put bytes, get a key; the key opens them again. `OPIEKA_FILES_URL` chooses the store."""

from functools import cache

from opieka.plumbing.files.base import FileStore


@cache
def store() -> FileStore:
    """The store that the settings name: `disk:PATH` or `s3://…`."""
    from django.conf import settings

    scheme, _, rest = settings.FILES_URL.partition(":")
    if scheme == "disk":
        from opieka.plumbing.files.disk import Disk

        return Disk(rest)
    from opieka.plumbing.files.s3 import S3

    return S3(settings.FILES_URL)
