"""Make the learner's bundle: one zip with wheels, a hashed lock, start.py and README.txt.

    make.py [--prebuilt all|none|core|core,arch]     which tiers come prebuilt (default: all)
            [--offline plain|jupyter]                carry third-party wheels for this Python and platform
            [--lock]                                 make lock.txt and lock-jupyter.txt anew, from the .in files
"""
import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE.parents[2] / "dist"
TIERS = ("core", "arch", "opt")
FILES = ("start.py", "README.txt", "lock.txt", "lock-jupyter.txt")
OLDEST = "3.10"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prebuilt", default="all")
    parser.add_argument("--offline", choices=["plain", "jupyter"])
    parser.add_argument("--lock", action="store_true")
    args = parser.parse_args()
    if args.lock:
        lock()
        return
    named = {"all": TIERS, "none": ()}
    tiers = named[args.prebuilt] if args.prebuilt in named else tuple(args.prebuilt.split(","))
    if tiers != TIERS[:len(tiers)]:
        raise SystemExit(f"--prebuilt {args.prebuilt}: expected all, none, core or core,arch")
    with tempfile.TemporaryDirectory() as folder:
        third_party = download(args.offline, Path(folder)) if args.offline else []
        print(pack(args.prebuilt, tiers, third_party).relative_to(DIST.parent).as_posix())


def lock():
    for name in ("lock", "lock-jupyter"):
        source = "requirements.in" if name == "lock" else "jupyter.in"
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST, "--generate-hashes",
                   "--no-header", "--no-annotate", "--upgrade", *dict.fromkeys(["requirements.in", source])]
        text = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True).stdout
        (HERE / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
        print(f"{name}.txt: {text.count('==')} packages")


def download(kind, folder):
    """The locked third-party wheels for this Python and platform, without or with Jupyter's."""
    name = "lock.txt" if kind == "plain" else "lock-jupyter.txt"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--only-binary", ":all:",
               "-r", str(HERE / name), "-d", str(folder)]
    subprocess.run(command, check=True)
    return sorted(folder.glob("*.whl"))


def pack(name, tiers, third_party):
    """Write the zip; the same wheels give the same bytes."""
    wheels = [one_wheel(part) for part in ("kit", "datasets", *tiers)]
    sums = "".join(f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  wheels/{wheel.name}\n" for wheel in wheels)
    version = wheels[0].name.split("-")[1]
    suffix = f"-offline-py3{sys.version_info.minor}-{sys.platform}" if third_party else ""
    target = DIST / "bundle" / f"tinytorch-{version}-prebuilt-{name.replace(',', '-')}{suffix}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as zipped:
        for file in FILES:
            add(zipped, file, (HERE / file).read_bytes())
        add(zipped, "SHA256SUMS", sums.encode())
        for wheel in wheels:
            add(zipped, f"wheels/{wheel.name}", wheel.read_bytes())
        for wheel in third_party:
            add(zipped, f"third-party/{wheel.name}", wheel.read_bytes())
    return target


def one_wheel(part):
    found = sorted(DIST.glob(f"tinytorch_{part}-*.whl"))
    if len(found) != 1:
        raise SystemExit(f"expected one wheel of tinytorch-{part} in {DIST}, found {len(found)}. Run `nox -s wheels`.")
    return found[0]


def add(zipped, name, content):
    entry = zipfile.ZipInfo(f"tinytorch/{name}", (2020, 1, 1, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    zipped.writestr(entry, content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
