"""Published files, fetched once: from the first mirror that gives them whole, going on where an earlier try stopped."""
import hashlib
import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

CHUNK_BYTES = 2**14
TIMEOUT_S = (5, 30)  # to connect; from one chunk to the next
NO_POOCH = "pooch, which fetches it, is not installed. Type: python -m pip install pooch"


class Published(NamedTuple):
    """A file as its authors gave it away."""

    name: str
    n_bytes: int
    sha256: str


def cache_folder() -> Path:
    """The folder for downloads of this user, where the system keeps such things."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "tinytorch"


def own_mirror(variable: str) -> list[str]:
    """The address that a class has put into an environment variable, if it has."""
    return [os.environ[variable]] if os.environ.get(variable) else []


def sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        for chunk in iter(partial(content.read, 2**20), b""):  # a file may be larger than the memory that is free
            digest.update(chunk)
    return digest.hexdigest()


def provide(title: str, folder: Path, files: list[Published], mirrors: list[str], download: bool, check: bool) -> None:
    """See to it that published files lie in `folder`, under their names.

    Parameters
    ----------
    title : what the files hold together, for the message
    mirrors : as for `fetch`
    download : whether to fetch what is missing or damaged
    check : whether only the published bytes will do

    Raises
    ------
    FileNotFoundError
        If a file is not there and cannot be fetched.
    ValueError
        If a file is not what was published.
    """
    wanting = [one for one in files if _state(folder / one.name, one, check)]
    for one in wanting:
        tried = fetch(folder / one.name, one.sha256 if check else None, mirrors) if download else []
        if state := _state(folder / one.name, one, check):
            raise (FileNotFoundError if state == "missing" else ValueError)(
                _complaint(title, folder, files, check, tried))


def _state(file, published, check):
    """What is wrong with a file: None, `missing`, or what it is instead of the published one."""
    if not file.is_file():
        return "missing"
    if not check or (found := sha256_of(file)) == published.sha256:
        return None
    return (f"damaged: expected {published.n_bytes} bytes with SHA-256 {published.sha256}, "
            f"found {file.stat().st_size} bytes with {found}")


def _complaint(title, folder, files, check, tried):
    states = {one.name: _state(folder / one.name, one, check) for one in files}
    return "\n".join([
        f"{title} is not here as it was published.", f"  folder  {folder}",
        *[f"  file    {name}  {state}" for name, state in states.items() if state],
        *[f"  tried   {line}" for line in tried],
        "Where there is a network, run it again: it fetches what is named above, and goes on where it stopped.",
        "Or put it, packed (.gz) as it was published, into that folder by hand."])


def fetch(file: Path, sha256: str | None, mirrors: list[str]) -> list[str]:
    """Put a published file where `file` says.

    Parameters
    ----------
    sha256 : of its bytes; None takes what comes
    mirrors : addresses of folders that hold it, tried in this order, each twice

    Returns
    -------
    What went wrong, a line for each mirror; empty once the file is there.
    """
    try:
        import pooch
    except ModuleNotFoundError:
        return [NO_POOCH]
    pooch.get_logger().setLevel("WARNING")  # we say ourselves what comes
    file.parent.mkdir(parents=True, exist_ok=True)
    tried = []
    for mirror in mirrors:
        base = mirror.rstrip("/") + "/"
        store = pooch.create(path=file.parent, base_url=base, registry={file.name: sha256}, retry_if_failed=1)
        try:
            store.fetch(file.name, downloader=resuming)
        except (OSError, ValueError) as error:  # requests' own errors are OSErrors; pooch's wrong sum is a ValueError
            tried.append(f"{base} {_in_short(error)}")
        else:
            return []
    return tried


def resuming(url, output_file, pooch) -> None:
    """Download as pooch asks. What has come stays in NAME.part when the connection breaks; the next try goes on there.

    pooch compares the sum of what this leaves in `output_file`; where it is wrong, the next try starts anew.
    """
    import requests

    part = Path(pooch.abspath) / (url.rpartition("/")[2] + ".part")
    here = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={here}-"} if here else {})}
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
        if response.status_code != 416:  # that says: nothing lies behind what is here
            response.raise_for_status()
            _receive(response, part, here if response.status_code == 206 else 0)  # 200: it sends all of it
    shutil.move(part, output_file)


def _receive(response, part, start):
    """Add what comes to the first `start` bytes of `part`, and say so at each whole megabyte."""
    import requests

    total = start + int(response.headers.get("Content-Length", 0))
    done = start
    with part.open("ab" if start else "wb") as out:
        for chunk in response.iter_content(CHUNK_BYTES):
            out.write(chunk)
            if done // 10**6 < (done := done + len(chunk)) // 10**6:
                print(f"{part.stem}  {done / 1e6:.0f} of {total / 1e6:.1f} MB", file=sys.stderr, flush=True)
    if done < total:  # an older requests ends quietly when the connection breaks
        raise requests.ConnectionError(f"{done} of {total} bytes came")
    print(f"{part.stem}  all of {done / 1e6:.3g} MB", file=sys.stderr, flush=True)


def _in_short(error):
    import requests

    if isinstance(error, requests.HTTPError):
        return f"answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return "does not answer in time"
    if isinstance(error, requests.RequestException):
        return "cannot be reached, or the connection broke"
    return "sends other bytes than were published" if isinstance(error, ValueError) else str(error)
