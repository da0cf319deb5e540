"""A lesson as the rules see it: its cells with their places, syntax trees and sections."""
import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from generate import cells, export

NUMBER = re.compile(r"^\w+ = 0  # your number$", re.M)


@dataclass
class Page:
    """One lesson folder and what course.toml says of it."""

    folder: Path
    entry: dict
    course: dict
    glossary: dict

    @cached_property
    def lines(self):
        return (self.folder / "lesson.py").read_text(encoding="utf-8").splitlines()

    @cached_property
    def cells(self):
        return cells.read_percent("\n".join(self.lines))

    @property
    def code(self):
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def prose(self):
        return [cell for cell in self.cells if cell.kind == "markdown"]

    @property
    def exported(self):
        return [cell for cell in self.code if "export" in cell.directives()]

    def role(self, *roles):
        """The cells with one of these kinds in their header."""
        return [cell for cell in self.cells if cell.role in roles]

    def named(self, role, name):
        return next((cell for cell in self.role(role) if cell.name == name), None)

    @cached_property
    def _trees(self):
        return {}

    def tree(self, cell):
        """The cell's syntax tree; that of a cell which does not parse is empty, and a rule of its own says so."""
        if cell.line not in self._trees:
            try:
                self._trees[cell.line] = ast.parse(export.plain(cell.text))
            except SyntaxError:
                self._trees[cell.line] = ast.parse("")
        return self._trees[cell.line]

    def walk(self, found):
        """(cell, node) for every node of these code cells."""
        return ((cell, node) for cell in found for node in ast.walk(self.tree(cell)))

    def sections(self):
        """[(heading, its cells)] in the order of the page; what stands above the first heading is left out."""
        out = []
        for cell in self.cells:
            if cell.kind == "markdown":
                out += [(line[3:].strip(), []) for line in cell.text.split("\n") if line.startswith("## ")]
            if out:
                out[-1][1].append(cell)
        return out

    def section(self, word):
        """The cells of all sections whose heading begins with `word`."""
        return [cell for heading, found in self.sections() if heading.startswith(word) for cell in found]

    def map(self):
        """{"Needs": text, "Teaches": text, "Opens": text}, the indented block of the first cell."""
        out, key = {}, None
        for line in self.cells[0].text.split("\n") if self.cells else []:
            found = re.match(r" {4}(Needs|Teaches|Opens) +(.*)", line)
            if found:
                key = found[1]
                out[key] = found[2]
            elif key and line.startswith("     "):
                out[key] += " " + line.strip()
            else:
                key = None
        return out

    def head(self, cell):
        """The number of the line with the cell's header."""
        return next(number for number in range(cell.line - 1, 0, -1) if cells.HEAD.match(self.lines[number - 1]))

    def at(self, cell, node=None):
        """Where a cell, or a node in it, stands."""
        line = self.head(cell) if node is None else cell.line + node.lineno - 1
        return f"{self.folder.name}/lesson.py:{line}"

    def entry_at(self):
        """Where course.toml speaks of this lesson."""
        course = next(above / "course.toml" for above in self.folder.parents if (above / "course.toml").exists())
        lines = course.read_text(encoding="utf-8").splitlines()
        mark = f'number = "{self.entry["number"]}"'
        return f"course.toml:{lines.index(mark) + 1 if mark in lines else 1}"


def is_number(cell):
    """Whether an exercise asks for a number instead of code."""
    return bool(NUMBER.search(cell.text))


def bound(tree):
    """{name: node} of what a cell leaves behind: assigned, imported or defined outside functions, and not deleted."""
    names = {}
    for node in _outside_functions(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.setdefault(node.name, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update({alias.asname or alias.name.split(".")[0]: node for alias in node.names})
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.setdefault(node.id, node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            names.pop(node.id, None)
    return names


INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
         ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _outside_functions(node):
    """Nodes in the order of the page, without the insides of functions, classes and comprehensions."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, INNER):
            yield from _outside_functions(child)


def called(node):
    """The dotted name that a call calls, such as `np.sqrt`, or None if the node is not such a call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else None
