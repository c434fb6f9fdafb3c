"""What a file is, by its bytes. A claim is believed only for text, where bytes cannot tell."""

SIGNATURES: list[tuple[int, bytes, str]] = [
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
]
OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
}
TEXT_CLAIMS = {"text/plain", "text/csv", "text/calendar", "text/vcard", "message/rfc822"}
SHOWN_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def type_of(content: bytes, *, claimed: str = "") -> str:
    """The media type the bytes show; "application/octet-stream" when they show none."""
    claimed = claimed.partition(";")[0].strip().lower()
    for offset, magic, media_type in SIGNATURES:
        if content[offset : offset + len(magic)] == magic:
            # An office document is a zip; its claim only narrows what the bytes already say.
            return claimed if media_type == "application/zip" and claimed in OFFICE else media_type
    if claimed in TEXT_CLAIMS and b"\0" not in content[:4096]:
        return claimed
    return "application/octet-stream"
