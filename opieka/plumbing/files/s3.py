"""Files in an S3-compatible store: `s3://KEY:SECRET@HOST[:PORT]/BUCKET`, with `?tls=no` for plain HTTP."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit

from opieka.plumbing.environment import BadSetting
from opieka.plumbing.files.base import FileStore, MissingFile, StoreFails


class S3(FileStore):
    """One bucket, made on first use where the key may."""

    def __init__(self, url: str) -> None:
        from minio import Minio

        parts = urlsplit(url)
        self.bucket = parts.path.strip("/")
        if parts.scheme != "s3" or not parts.hostname or not self.bucket:
            raise BadSetting("OPIEKA_FILES_URL must look like s3://KEY:SECRET@host/bucket or disk:/path.")
        try:
            self._client = Minio(
                parts.hostname + (f":{parts.port}" if parts.port else ""),
                access_key=unquote(parts.username or ""),
                secret_key=unquote(parts.password or ""),
                secure=parse_qs(parts.query).get("tls") != ["no"],
            )
            with _asked():
                if not self._client.bucket_exists(self.bucket):
                    self._client.make_bucket(self.bucket)
        except ValueError as error:
            # What no S3 would take: a bucket's name has 3 to 63 signs, all of them a-z, 0-9, dots or dashes.
            raise BadSetting(f"OPIEKA_FILES_URL cannot be used: {error}. It names a host and a bucket.") from error

    def put_as(self, key: str, content: bytes) -> None:
        with _asked():
            self._client.put_object(self.bucket, key, io.BytesIO(content), len(content))

    def get(self, key: str) -> bytes:
        with _asked(key):
            answer = self._client.get_object(self.bucket, key)
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def delete(self, key: str) -> None:
        with _asked():
            self._client.remove_object(self.bucket, key)

    def keys(self) -> Iterator[str]:
        with _asked():
            for found in self._client.list_objects(self.bucket, recursive=True):
                yield str(found.object_name)


@contextmanager
def _asked(key: str = "") -> Iterator[None]:
    """Whatever the client raises, as what the contract promises."""
    from minio.error import MinioException, S3Error
    from urllib3.exceptions import HTTPError, MaxRetryError

    try:
        yield
    except S3Error as error:
        if key and error.code == "NoSuchKey":
            raise MissingFile(key) from error
        raise StoreFails(f"{error.code}: {error.message}") from error
    except MaxRetryError as error:
        raise StoreFails(str(error.reason)) from error
    except (MinioException, HTTPError) as error:
        raise StoreFails(str(error)) from error
