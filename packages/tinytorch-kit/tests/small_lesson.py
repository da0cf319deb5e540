"""A lesson of two exercises for tests, and ways to edit a learner's notebook."""
import json
from pathlib import Path

CURRICULUM = Path(__file__).parents[3] / "curriculum"
SMALL = '''\
# %% [markdown]
# # 10 A small lesson

# %% given="start"
#| default_exp text.tokenization
from tinytorch.lesson import begin

begin("10")

# %% given="imports"
#| export
import math

# %% exercise="double"
#| export
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double" points=5
got = double(7)
assert got == 14, f"twice 7 is 14; yours is {got}"

# %% demo="double"
raise SystemError("graders and checks never run a demo")

# %% exercise="area"
#| export
def area(r):
    """Of a circle, from twice its radius."""
    ### BEGIN SOLUTION
    return math.pi * double(r) ** 2 / 4
    ### END SOLUTION

# %% check="area" points=5
assert abs(area(3) - 9 * math.pi) < 1e-6

# %% [markdown] answer="why" points=5
# Your answer.
'''
RIGHT = {"double": "#| export\ndef double(x):\n    return x + x",
         "area": "#| export\ndef area(r):\n    return math.pi * r * r"}


def rewrite(path, texts):
    """Put {id: text} into the cells of a notebook."""
    book = json.loads(path.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if cell["id"] in texts:
            cell["source"] = texts[cell["id"]].splitlines(keepends=True)
    save(path, book)


def own_cell(text):
    """A cell that the learner adds in Jupyter."""
    return {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "execution_count": None, "source": [text]}


def book_of(path):
    return json.loads(path.read_text(encoding="utf-8"))


def save(path, book):
    path.write_text(json.dumps(book), encoding="utf-8")


def at(book, name):
    """Where the cell with an id stands."""
    return next(n for n, cell in enumerate(book["cells"]) if cell["id"] == name)
