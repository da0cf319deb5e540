"""What exported code never does, because a later lesson depends on it."""
import ast

from rules.page import called

DATA = ("data", "_data")
CONSTANTS = [f"np.{name}" for name in ("sqrt", "exp", "log", "log2", "tanh", "power", "sin", "cos", "float64")]
IN_PLACE = ("fill", "sort", "put", "resize", "partition")


def data_is_replaced(page):
    """`t.data = ...` and `t.data -= ...` count a version; a write into the array does not, and goes unseen."""
    for cell, node in page.walk(page.exported):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        written = isinstance(node, (ast.Assign, ast.AugAssign)) and any(
            isinstance(one, ast.Subscript) and _is_data(one.value) for one in targets)
        if written or _writes(node):
            yield page.at(cell, node), "this writes into a Tensor's array unseen; say `t.data = ...` or `t.data -= ...`"


def _is_data(node):
    return isinstance(node, ast.Attribute) and node.attr in DATA


def _writes(node):
    """A call that changes `.data` in place: out=, fill() and the like, np.copyto, np.add.at."""
    if not isinstance(node, ast.Call):
        return False
    out = any(key.arg == "out" and any(_is_data(one) for one in ast.walk(key.value)) for key in node.keywords)
    method = isinstance(node.func, ast.Attribute) and node.func.attr in IN_PLACE and _is_data(node.func.value)
    into = called(node).endswith((".at", ".copyto", ".put")) and node.args and _is_data(node.args[0])
    return out or method or bool(into)


def constants_stay_python(page):
    """`np.sqrt(64)` is a NumPy float64, and on NumPy 2 it makes all that it meets float64."""
    for cell, node in page.walk(page.exported):
        inside = [one for argument in getattr(node, "args", []) for one in ast.walk(argument)] if called(node) else ()
        if called(node) in CONSTANTS and not any(isinstance(one, ast.Name) for one in inside):
            yield page.at(cell, node), f"{ast.unparse(node)} is a float64 and spreads; take Python's, as in math.sqrt"


def library_is_silent(page):
    for cell, node in page.walk(page.exported):
        if called(node) == "print":
            yield page.at(cell, node), "the library never prints; return the value, or raise an error"


def types_are_trusted(page):
    for cell, node in page.walk(page.exported):
        if called(node) == "hasattr":
            yield page.at(cell, node), "hasattr guesses at a type; convert where the value comes in, then trust it"


RULES = (data_is_replaced, constants_stay_python, library_is_silent, types_are_trusted)
