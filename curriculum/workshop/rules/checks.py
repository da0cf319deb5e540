"""Visible checks: they teach when they fail, and give an answer nothing to lean on."""
import ast
import re

from rules.page import bound, called

LOUD = re.compile(r"\bstderr\b|\bwarnings\.warn\b|\blogging\b")


def check_leaves_only_got(page):
    """A name that a check leaves could be used by an answer, which then fails where checks do not run."""
    for cell in page.role("check"):
        for name, node in bound(page.tree(cell)).items():
            if name != "got":
                what = "function" if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else "name"
                yield page.at(cell, node), (
                    f"the check leaves the {what} `{name}` behind; write it in place, call it `got`, or `del {name}`")


def check_says_why(page):
    for cell in page.role("check"):
        found = [node for node in ast.walk(page.tree(cell)) if isinstance(node, (ast.Assert, ast.Raise))]
        if not found:
            yield page.at(cell), "the check asserts nothing and accepts everything; assert what is promised"
        for node in found:
            if isinstance(node, ast.Assert) and node.msg is None:
                yield page.at(cell, node), "this assert has no message; say what was expected and what was found"


def check_ends_without_a_value(page):
    """nbgrader takes a number in a graded cell's output for partial credit."""
    for cell in page.role("check"):
        body = page.tree(cell).body
        if body and isinstance(body[-1], ast.Expr) and called(body[-1].value) != "print":
            yield page.at(cell, body[-1]), "ending in a value gives partial credit in nbgrader; assert it"


def graded_cells_are_quiet(page):
    """nbgrader scores a graded cell 0 if it writes to stderr."""
    for cell in page.role("check", "exercise", "given", "fault"):
        for line, text in enumerate(cell.text.split("\n")):
            if LOUD.search(text):
                yield f"{page.folder.name}/lesson.py:{cell.line + line}", (
                    f"`{LOUD.search(text)[0]}` writes to stderr, for which nbgrader takes all points; raise an error")


RULES = (check_leaves_only_got, check_says_why, check_ends_without_a_value, graded_cells_are_quiet)
