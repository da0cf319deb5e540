"""Build a part's wheel once more under the next patch version: python tests/next_version.py core FOLDER

It is made of the sdist in dist/, so it holds the same modules; only the number differs. Prints the number.
"""
import re
import subprocess
import sys
import tarfile
from pathlib import Path

DIST = Path(__file__).resolve().parents[1] / "dist"


def main(part, folder):
    folder = Path(folder).resolve()
    sdist = next(DIST.glob(f"tinytorch_{part}-*.tar.gz"))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder)
    source = folder / sdist.name.removesuffix(".tar.gz")
    (source / "PKG-INFO").unlink()  # hatchling would take the old number from it
    number = source / f"src/tinytorch/_versions/{part}.py"
    text = number.read_text(encoding="utf-8")
    number.write_text(re.sub(r'(\d+)"', lambda last: f'{int(last[1]) + 1}"', text), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=source,
                   check=True, stdout=subprocess.DEVNULL)
    print(next(folder.glob(f"tinytorch_{part}-*.whl")).name.split("-")[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
