"""The bridge pages print what they say, on the wheels that their reader has: without the tier that is to be built."""
from pathlib import Path

import pytest
import snippets
import test_integration

ROOT = Path(__file__).resolve().parents[1]
without = test_integration.without  # a fixture
NEXT = {"BRIDGE_CORE.md": "tinytorch-arch", "BRIDGE_ARCH.md": "tinytorch-opt"}  # what the reader goes on to build

PAGE = """\
```python
print(7, 2 / 3)
```

```text
7 0.67
```
"""
TIMED = PAGE.replace("```text", "```text measured")
BAD = {
    "a number": PAGE.replace("7 0", "8 0"),
    "a number with decimals": PAGE.replace("0.67", "0.75"),
    "a timed block with other words": TIMED.replace("7 0.67", "7 ms"),
    "no output": PAGE.replace("7 0.67\n", ""),
    "no block for the output": PAGE.split("\n```text")[0],
    "output where nothing is printed": PAGE.replace("print(7, 2 / 3)", "7"),
    "another error": PAGE.replace("print(7, 2 / 3)", "1 / 0").replace("7 0.67", "ZeroDivisionError: by five"),
    "a name that an earlier block did not make": PAGE + PAGE.replace("7, 2 / 3", "seven"),
}


@pytest.mark.parametrize("page", NEXT)
def test_a_bridge_page_prints_what_it_says(page, without):
    code = f"import runpy, sys; sys.argv = ['snippets', {str(ROOT / 'docs' / page)!r}]; " \
           f"runpy.run_path({str(ROOT / 'tests/snippets.py')!r}, run_name='__main__')"
    run = test_integration.python(code, site=without(NEXT[page]))
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_page_may_be_a_little_off_in_decimals_and_far_off_in_what_was_timed():
    assert not snippets.problems(PAGE)
    assert not snippets.problems(TIMED.replace("7 0.67", "900 0.01"))


@pytest.mark.parametrize("page", BAD.values(), ids=BAD)
def test_what_a_page_says_otherwise_is_caught(page):
    assert snippets.problems(page)


def test_writing_puts_in_what_is_printed():
    assert not snippets.problems(snippets.rewritten(BAD["no block for the output"]))
    assert snippets.rewritten(PAGE) == PAGE.replace("0.67", "0.6666666666666666")
