"""What stands in a cell's header, and that cells can be told apart."""
import ast
import re

from generate import cells, export

KEYS = {"check": {"points"}, "answer": {"points", "rubric"}}  # beside the kind itself
KINDS = ", ".join(cells.KINDS)


def starts_with_a_title(page):
    """Text above the first header belongs to no cell and would be lost."""
    first = page.lines[0] if page.lines else ""
    if first != "# %% [markdown]" or not page.cells[0].text.startswith(f"# {page.entry['number']} "):
        yield f"{page.folder.name}/lesson.py:1", (
            f"the page begins with `# %% [markdown]` and the title `# {page.entry['number']} {page.entry['title']}`; "
            f"found {first!r}")


def header_is_known(page):
    for cell in page.cells:
        for says in _wrong(cell, page.lines[page.head(cell) - 1]):
            yield page.at(cell), says


def _wrong(cell, head):
    left = cells.PAIR.sub("", cells.HEAD.match(head)["meta"]).strip()
    kinds = [kind for kind in cells.KINDS if kind in cell.meta]
    if left:
        yield f'the header has `{left}`; write key="word" or key=number, or take it out'
    elif len(kinds) > 1:
        yield f"the header names {' and '.join(kinds)}; a cell is of one kind, so make two cells"
    elif cell.kind == "code" and not kinds:
        yield f'a code cell says its kind ({KINDS}); for code that is simply there write `# %% given="name"`'
    elif kinds and (kinds == ["answer"]) != (cell.kind == "markdown"):
        yield f'{kinds[0]} stands on a {cell.kind} cell; `answer` goes on `# %% [markdown]`, all other kinds on code'
    unknown = set(cell.meta) - set(kinds) - KEYS.get(cell.role, set())
    if unknown and (kinds or cell.kind == "markdown"):
        yield f"the header of this {cell.role or 'prose'} cell has the key {', '.join(sorted(unknown))}; take it out"
    if kinds and not re.fullmatch(r"[a-z][a-z0-9_]*", str(cell.name)):
        yield f"the name {cell.name!r} becomes part of an id; use small letters, digits and underscores"


def ids_are_unique(page):
    seen = {}
    for cell in page.cells:
        if cell.id in seen:
            yield page.at(cell), f"the id {cell.id} is taken by the cell of line {seen[cell.id]}; rename one"
        elif cell.id:
            seen[cell.id] = page.head(cell)


def code_begins_under_its_header(page):
    """Pages look alike, and no cell is empty."""
    for cell in page.code:
        if not "".join(page.lines[page.head(cell):page.head(cell) + 1]).strip():
            yield page.at(cell), "the line under the header is empty; begin the code there, or take the cell out"


def code_is_python(page):
    for cell in page.code:
        try:
            ast.parse(export.plain(cell.text))
        except SyntaxError as error:
            yield page.at(cell, error), f"this is not Python: {error.msg}"


RULES = (starts_with_a_title, header_is_known, ids_are_unique, code_begins_under_its_header, code_is_python)
