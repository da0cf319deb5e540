"""The module that a lesson exports: its name, its names, and what it may import."""
import ast
import re
import sys

from generate import slug

from rules.page import bound, called

THIRD_PARTY = {"numpy"}
EXTRAS = {"safetensors", "onnx"}  # optional, and so imported inside the function that needs them
KIT = ("tinytorch.lesson", "tinytorch.datasets", "tinytorch.available", "tinytorch._kit")


def begins(page):
    """The first code cell puts the lesson rule on and names the module."""
    first, number, module = page.code[0] if page.code else None, page.entry["number"], page.entry["module"]
    if first is None or first.role != "given" or f'begin("{number}")' not in first.text:
        yield f"{page.folder.name}/lesson.py:1", f'the first code cell is given and calls `begin("{number}")`'
    said = [(cell, cell.directives()["default_exp"]) for cell in page.code if "default_exp" in cell.directives()]
    if [name for _, name in said] != [module] or said[0][0] is not first:
        yield page.at(said[0][0] if said else page.cells[0]), (
            f"the first code cell has the one line `#| default_exp {module}`, as course.toml says; "
            f"found {', '.join(name for _, name in said) or 'none'}")


def exports_exist(page):
    there = {name for cell in page.exported for name in _defined(page.tree(cell))}
    for name in page.entry["exports"]:
        if name not in there:
            yield page.entry_at(), (
                f"exports names {name}, which no cell with `#| export` defines; define it, or take it out of the list")


def _defined(tree):
    """Top-level names; a function under `@method(...)` goes to its class and leaves none."""
    own = [node for node in tree.body if not any((called(one) or "").endswith("method")
                                                 for one in getattr(node, "decorator_list", []))]
    return bound(ast.Module(own, []))


def imports_are_needed(page):
    """Modules of the course come only from lessons that `needs` names, and those are earlier ones."""
    where = homes(page.course)
    for cell, node, dotted in of_tinytorch(page):
        home = next((where[part] for part in _prefixes(dotted) if part in where), None)
        if home is None and not dotted.startswith(KIT) and dotted != "tinytorch":
            yield page.at(cell, node), f"{dotted} is neither in the kit nor exported by a lesson of course.toml"
        elif home is not None and home >= page.entry["number"]:
            yield page.at(cell, node), f"{dotted} comes from lesson {home}, which is not earlier than this one"
        elif home is not None and home not in page.entry["needs"]:
            yield page.at(cell, node), f"{dotted} comes from lesson {home}; add \"{home}\" to `needs`, or do without it"


def library_imports_are_few(page):
    """A prebuilt tier depends on NumPy and lower lessons; the frame of a lesson is no part of it."""
    for cell, node in page.walk(page.exported):
        for name in _imported(node):
            top, inside = name.split(".")[0], node.col_offset > 0
            known = top in sys.stdlib_module_names or top in THIRD_PARTY or (top in EXTRAS and inside)
            if not known and (top != "tinytorch" or name.startswith(KIT)):
                yield page.at(cell, node), (
                    f"exported code imports {name}; it may use the standard library, NumPy and lessons of `needs`")


def of_tinytorch(page):
    """(cell, node, dotted name) for each name below `tinytorch` that a code cell reaches."""
    inner = {id(node.value) for _, node in page.walk(page.code) if isinstance(node, ast.Attribute)}
    for cell, node in page.walk(page.code):
        names = _imported(node)
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            names = [ast.unparse(node)]
        yield from ((cell, node, name) for name in names if name.split(".")[0] == "tinytorch")


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def homes(course):
    """{dotted name: number of the lesson that it comes from}."""
    found = {}
    for lesson in course["lesson"]:
        module = "tinytorch." + lesson["module"]
        package = module.rpartition(".")[0]
        found[module] = lesson["number"]
        names = lesson["exports"] if package != "tinytorch" else []
        found.update({f"{package}.{name}": lesson["number"] for name in names})
        found.update({f"tinytorch.{name}": lesson["number"] for name in lesson.get("top", [])})
    return found


def _prefixes(dotted):
    parts = dotted.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def map_names_the_needs(page):
    """The lines of the connection map name lessons by number and title, and Needs those of course.toml."""
    said, titles = page.map(), {lesson["number"]: lesson["title"] for lesson in page.course["lesson"]}
    missing = [key for key in ("Needs", "Teaches", "Opens") if not said.get(key)]
    if missing:
        yield page.at(page.cells[0]), f"the first cell has lines Needs, Teaches, Opens; missing: {', '.join(missing)}"
        return
    needs = re.findall(r"(?<![\w.,])(\d\d)(?![\w.,]?\d)", said["Needs"])
    if needs != page.entry["needs"]:
        yield page.at(page.cells[0]), (
            f"Needs names {', '.join(needs) or 'none'}, and course.toml {', '.join(page.entry['needs']) or 'none'}")
    for number, title in re.findall(r"\b(\d\d) ([A-Z]\w*)", said["Needs"] + " " + said["Opens"]):
        if titles.get(number, "").split(" ")[0] != title:
            yield page.at(page.cells[0]), (
                f"the map says {number} {title}, and course.toml {number} {titles.get(number, 'is not there')}")


def needs_are_earlier(page):
    known = {lesson["number"]: slug(lesson) for lesson in page.course["lesson"]}
    for number in page.entry["needs"]:
        if number not in known or number >= page.entry["number"]:
            yield page.entry_at(), f"needs names {number}, which is no earlier lesson"


RULES = (begins, exports_exist, imports_are_needed, library_imports_are_few, map_names_the_needs, needs_are_earlier)
