"""Run a page's Python and compare what it prints with what the page says: `python tests/snippets.py PAGE [--write]`.

A block of `python` and the block of `text` behind it belong together; without one, nothing may be printed. All blocks
of a page are one program. An error that ends a block is printed in one sentence, and long lines are folded. Numbers
with decimals may be a tenth of themselves off, for they come from other libraries on other machines; what stands under
`text measured` was timed, and only its words are compared. `--write` puts in what is printed now.
"""
import contextlib
import io
import re
import sys
import textwrap
from pathlib import Path

PAIR = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n```text(?P<timed> measured)?\n(?P<printed>.*?)^```\n)?",
                  flags=re.M | re.S)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
SLACK = 0.1
WIDTH = 118


def printed(code, names):
    """What a block prints, its error in the end."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, "<page>", "exec"), names)
    except Exception as error:
        print("\n".join(textwrap.fill(line, WIDTH, drop_whitespace=len(line) > WIDTH)
                        for line in f"{type(error).__name__}: {error}".split("\n")), file=out)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def differs(said, found, timed=False):
    """Whether two texts differ in their words, or in a number that ought to be the same."""
    numbers = [(float(a.replace(",", "")), float(b.replace(",", "")), "." in a)
               for a, b in zip(NUMBER.findall(said), NUMBER.findall(found))]
    wrong = [abs(a - b) > (SLACK * abs(a) if decimals else 0) for a, b, decimals in numbers]
    return words(said) != words(found) or not timed and any(wrong)


def words(text):
    """A text with all its numbers alike, and spaces in one."""
    return NUMBER.sub("0", text).split()


def problems(text):
    """What a page says otherwise than its code does, a sentence each."""
    names, found = {"__name__": "__main__"}, []
    for pair in PAIR.finditer(text):
        line, said, now = text.count("\n", 0, pair.start()) + 1, pair["printed"] or "", printed(pair["code"], names)
        if differs(said, now, bool(pair["timed"])):
            found.append(f"line {line}: the page says\n{textwrap.indent(said, '  ')}and the code prints\n"
                         f"{textwrap.indent(now, '  ')}")
    return found


def rewritten(text):
    """A page with what its code prints now."""
    names = {"__name__": "__main__"}

    def put(pair):
        now = printed(pair["code"], names)
        block = f"\n```text{pair['timed'] or ''}\n{now}```\n" if now else ""
        return f"```python\n{pair['code']}```\n{block}"

    return PAIR.sub(put, text)


def main(path, *options):
    page = Path(path)
    text = page.read_text(encoding="utf-8")
    if options == ("--write",):
        page.write_text(rewritten(text), encoding="utf-8", newline="\n")
        return 0
    found = problems(text)
    print(*found, sep="\n", end="")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
