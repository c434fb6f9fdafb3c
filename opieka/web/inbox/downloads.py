"""Bytes from outside, handed over as a file that no browser opens by itself."""

from io import BytesIO

from django.http import FileResponse

from opieka.plumbing.filetypes import SHOWN_INLINE

FILE_POLICY = "sandbox; default-src 'none'"


def handed_over(content: bytes, *, name: str, media_type: str = "", shown: bool = False) -> FileResponse:
    """The bytes to be saved, or, for a picture only and where that is wanted, to be looked at."""
    shown = shown and media_type in SHOWN_INLINE
    response = FileResponse(
        BytesIO(content),
        as_attachment=not shown,
        filename=name,
        content_type=media_type if shown else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response
