"""Mutants of a solution: small, all different, and each really another program."""
import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "curriculum/workshop"))
import mutants

CELL = '''def mean(self, axis=None):
    """Mean over `axis`."""
    # Hint: `size`.
    ### BEGIN SOLUTION
    total = self.sum(axis=axis)
    return total / (self.size // 2)
    ### END SOLUTION
'''


def names(code):
    return [name for name, _ in mutants.mutants(code)]


def test_the_solution_is_what_stands_between_the_marks():
    assert mutants.solution(CELL) == "total = self.sum(axis=axis)\nreturn total / (self.size // 2)"


@pytest.mark.parametrize("text", ["def f(): pass", CELL + CELL])
def test_a_cell_without_one_solution_is_refused(text):
    with pytest.raises(ValueError, match="one solution region"):
        mutants.solution(text)


@pytest.mark.parametrize(("code", "changed"), [
    ("return a + b", ["return a - b", "return a", "return b"]),
    ("return a @ b", ["return a * b", "return a", "return b"]),
    ("total += x", ["total -= x"]),
    ("return a < b", ["return a <= b", "return a > b"]),
    ("return a is None", ["return a is not None"]),
    ("return a and b", ["return a or b", "return a", "return b"]),
    ("return not a", ["return a"]),
    ("return -a", ["return a"]),
    ("return 7", ["return 8", "return 6"]),
    ("return 0.5", ["return 1.0", "return -0.5"]),
    ("return True", ["return False"]),
    ("return f(a, b)", ["return f(b, a)"]),
    ("return x.any(keepdims=flag)", ["return x.any()"]),
    ("return x.any(axis=k)", ["return x.any()", "return x.any(axis=0)", "return x.any(axis=-1)", "return x.any(axis=1)",
                              "return x.any(axis=None)"]),
    ("return np.add", ["return np.subtract"]),
    ("return x[a:b]", ["return x[:b]", "return x[a:]"]),
    ("if a:\n    b()", ["if not a:\n    b()"]),
    ("return a if b else c", ["return a if not b else c"]),
])
def test_each_kind_of_change(code, changed):
    assert sorted(text for _, text in mutants.mutants(code)) == sorted(changed)


def test_mutants_differ_from_the_solution_and_from_each_other_and_are_python():
    code = mutants.solution(CELL)
    made = [text for _, text in mutants.mutants(code)]
    assert len(made) > 8 and len({*made, ast.unparse(ast.parse(code))}) == len(made) + 1
    for text in made:
        compile(f"def f(self, axis):\n    {text.replace(chr(10), chr(10) + '    ')}", "mutant", "exec")


def test_a_name_shows_the_change_with_what_stands_around_it_and_the_same_change_elsewhere_has_a_number():
    assert names("return rows[1]") == ["`rows[1]` becomes `rows[2]`", "`rows[1]` becomes `rows[0]`"]
    assert "`first + second` becomes `first - second` (2)" in names("a = first + second\nb = first + second")


def test_of_many_some_are_taken_at_even_distances_and_always_the_same():
    code = "return [" + ", ".join(map(str, range(100, 130))) + "]"
    made = mutants.mutants(code, most=20)
    assert len(made) == 20 and made == mutants.mutants(code, most=20)
    every = [text for _, text in mutants.mutants(code, most=1000)]
    assert [every.index(text) for _, text in made] == list(range(0, 60, 3))


def test_names_are_the_same_in_every_run_so_that_survivors_can_be_listed():
    code = mutants.solution(CELL)
    assert names(code) == names(code) and len(set(names(code))) == len(names(code))
