"""Files in folders and zip files, in any nesting, read into memory with limits; nothing is ever unpacked onto the disk.

What cannot be read becomes a `File` with its reason, so that one broken zip costs one learner's work and not a batch.
"""
import io
import os
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

WANTED = (".ipynb", ".py", ".zip", "manifest.json")
FOREIGN = (".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz")
FOREIGN_SAYS = "it is an archive of another kind; folders and zip files are read. Unpack it, or have it sent as a zip"
PASSED = {"__MACOSX", "__pycache__", "backups", "site-packages", "node_modules", "venv", "env"}
MOST_BYTES = 20 * 10**6  # of a lesson; the longest without pictures has 0.1
MOST_ZIPPED = 200 * 10**6  # of a zip inside of a zip
MOST_ENTRIES, MOST_NESTED = 50_000, 3


@dataclass(frozen=True)
class File:
    """A file's path below where the search began, its bytes and time; or why it cannot be read."""

    path: tuple
    data: bytes = b""
    time: float = 0.0
    trouble: str = ""

    @property
    def name(self):
        return self.path[-1]


def files(source):
    """All files in a folder or a zip file that may belong to a submission."""
    source = Path(source)
    if source.is_dir():
        yield from in_folder(source, ())
    else:
        with source.open("rb") as stream:
            yield from in_zip(stream, (), 1)


def in_folder(folder, path):
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        at = (*path, entry.name)
        if passed_over(entry.name):
            continue
        if entry.is_symlink():
            yield File(at, trouble="it is a link to another place, not a file")
        elif entry.is_dir():
            yield from in_folder(entry.path, at)
        elif is_zip(entry.name):
            with open(entry.path, "rb") as stream:
                yield from in_zip(stream, at, 1)
        elif entry.name.lower().endswith(FOREIGN):
            yield File(at, trouble=FOREIGN_SAYS)
        elif wanted(entry.name):
            with open(entry.path, "rb") as stream:
                yield read(stream, at, entry.stat().st_mtime, MOST_BYTES)


def in_zip(stream, path, depth):
    """The files in a zip; `path` leads to the zip itself."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ValueError(f"it holds {len(entries):,} files; at most {MOST_ENTRIES:,} are read")
            for info in entries:
                yield from in_entry(archive, info, path, depth)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        yield File(path or ("",), trouble=f"it cannot be read as a zip file: {error}")


def in_entry(archive, info, path, depth):
    said = true_name(info).replace("\\", "/")
    inside = [part for part in said.split("/") if part not in ("", ".")]
    if info.is_dir() or not inside or any(passed_over(part) for part in inside if part != ".."):
        return
    at, name, zipped = (*path, *inside), inside[-1], is_zip(inside[-1])
    if name.lower().endswith(FOREIGN):
        yield File(at, trouble=FOREIGN_SAYS)
    elif not wanted(name):
        return
    elif ".." in inside or ":" in inside[0] or said.startswith("/"):
        yield File((*path, name), trouble=f"its path in the zip leads outside of it: {said}")
    elif info.flag_bits & 1:
        yield File(at, trouble="it is locked with a password")
    elif zipped and depth == MOST_NESTED:
        yield File(at, trouble=f"it is a zip inside of {depth} others; unpack some")
    else:
        file = unpacked(archive, info, at, MOST_ZIPPED if zipped else MOST_BYTES)
        yield from in_zip(io.BytesIO(file.data), at, depth + 1) if zipped and not file.trouble else [file]


def unpacked(archive, info, at, most):
    try:
        with archive.open(info) as stream:
            return read(stream, at, modified(info), most)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        return File(at, trouble=f"its part of the zip is damaged: {error}")


def read(stream, at, modified_at, most):
    """A file's bytes; no more of a stream is read than allowed, whatever the zip says about its size."""
    data = stream.read(most + 1)
    if len(data) > most:
        return File(at, time=modified_at, trouble=f"it is larger than {most // 10**6} MB; clear its outputs first")
    return File(at, data, modified_at)


def true_name(info):
    """An entry's name. Finder and others write UTF-8 and do not say so; then Python reads it as an old code page."""
    if not info.flag_bits & 0x800:
        try:
            return info.filename.encode("cp437").decode("utf-8")
        except UnicodeError:  # it was the old code page
            return info.filename
    return info.filename


def modified(info):
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):  # a zip may say month 0
        return 0.0


def passed_over(name):
    return name in PASSED or name.startswith(".")


def is_zip(name):
    return name.lower().endswith(".zip")


def wanted(name):
    return name.lower().endswith(WANTED)
