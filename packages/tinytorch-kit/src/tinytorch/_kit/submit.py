"""One zip to hand in: the lesson, a manifest that says whose it is, and on request the learner's own modules."""
import io
import json
import time
import zipfile

from tinytorch._kit import course, place
from tinytorch._kit.workspace import keep, write
from tinytorch._versions.kit import __version__


def pack(workspace, page, framework=False):
    """Write submissions/NN_name.zip. An earlier one goes to backups/.

    Parameters
    ----------
    page : Sheet
    framework : bool
        Whether the learner's own modules go along, for courses that grade on them.

    Returns
    -------
    path : Path
    names : list of str
        What is in it.
    copy : Path or None
        Where the earlier zip is kept.
    """
    slug = course.slug(page.entry)
    files = {slug + page.path.suffix: page.path.read_bytes()}
    for path in own_modules(workspace) if framework else []:
        files[path.relative_to(workspace.root).as_posix()] = path.read_bytes()
    files["manifest.json"] = json.dumps(manifest(workspace, page), indent=1, ensure_ascii=False).encode()
    target = workspace.submissions / f"{slug}.zip"
    target.parent.mkdir(exist_ok=True)
    copy = keep(workspace, target, f"{slug}_submitted") if target.is_file() else None
    write(target, zipped(files, changed=page.path.stat().st_mtime))
    return target, list(files), copy


def manifest(workspace, page):
    """What a grader is told beside the lesson."""
    return {"lesson": page.entry["number"], "name": course.slug(page.entry), "learner": workspace.learner,
            "course": workspace.course, "kit": __version__, "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "file": page.path.name}


def own_modules(workspace):
    """The modules that the learner has built; stubs are none."""
    paths = [workspace.module(entry) for entry in course.LESSONS]
    return [path for path in paths if path.is_file() and not place.is_stub(path)]


def zipped(files, changed):
    """A zip as bytes, made in memory so that it is written whole or not at all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, max((1980, 1, 1, 0, 0, 0), time.localtime(changed)[:6]))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()
