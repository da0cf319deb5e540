"""Mechanical mutants of a solution: one small change each, as code that takes the place of the solution region.

A probe that lets a mutant pass has not asked enough, unless the mutant is another right answer.
"""
import ast
import copy
import re
from textwrap import dedent

MOST = 60  # mutants of one exercise; of more, some are taken at even distances

ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
              ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult, ast.BitAnd: ast.BitOr,
              ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift}
COMPARISON = {ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE], ast.Gt: [ast.GtE, ast.Lt],
              ast.GtE: [ast.Gt, ast.LtE], ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.In: [ast.NotIn],
              ast.NotIn: [ast.In], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is]}
AXES = (0, -1, 1, None)
PAIRS = ("add subtract", "multiply divide", "exp log", "maximum minimum", "max min", "sum mean", "zeros ones",
         "argmax argmin", "sqrt square", "greater less", "ceil floor", "zeros_like ones_like", "var std")
NAMES = {a: b for pair in PAIRS for a, b in (pair.split(), reversed(pair.split()))}
PLAIN = 12  # characters; a smaller part is shown with what stands around it


def solution(text):
    """The code between BEGIN SOLUTION and END SOLUTION of a cell, without its indent; ValueError unless it has one."""
    found = re.findall(r"### BEGIN SOLUTION\n(.*?)\n[ \t]*### END SOLUTION", text, flags=re.S)
    if len(found) != 1:
        raise ValueError(f"expected one solution region in a cell, found {len(found)}: {text[:60]!r}")
    return dedent(found[0])


def mutants(code, most=MOST):
    """[(name, code)] of changed solutions, each different from the solution and from each other.

    The name says what changed, such as "`a + b` becomes `a - b`"; the same change elsewhere has a number.
    """
    tree, made = ast.parse(code), {}
    plain = ast.unparse(tree)
    for at, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            changed = copy.deepcopy(tree)
            twin = next(twin for n, twin in enumerate(ast.walk(changed)) if n == at)
            around = surroundings(changed, twin)
            before = ast.unparse(around)
            change(twin)
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text != plain and text not in made:
                made[text] = f"`{short(before)}` becomes `{short(ast.unparse(around))}`"
    named = numbered(made)
    step = max(1.0, len(named) / most)
    return [named[int(n * step)] for n in range(min(most, len(named)))]


def surroundings(tree, node):
    """The smallest expression around a node, or itself, that is long enough to be recognised."""
    above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    while len(ast.unparse(node)) < PLAIN and not isinstance(above[node], (ast.stmt, ast.mod)):
        node = above[node]
    return node


def numbered(made):
    """[(name, code)] with a number behind names that come twice."""
    seen, out = {}, []
    for text, name in made.items():
        seen[name] = seen.get(name, 0) + 1
        out.append((name if seen[name] == 1 else f"{name} ({seen[name]})", text))
    return out


def short(text, most=70):
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def changes(node):
    """Functions that change a node of this kind in place."""
    found = []
    for kind, ways in WAYS.items():
        if isinstance(node, kind):
            found += ways(node)
    return found


def become(*path):
    """A change that puts the part at `path` (`left`, or `args` and an index) in the place of the node."""
    def change(node):
        part = node
        for step in path:
            part = part[step] if isinstance(step, int) else getattr(part, step)
        replace_by(node, part)
    return change


def replace_by(node, other):
    """Turn a node into another one, in place, since its parent holds it."""
    other = copy.deepcopy(other)
    node.__class__ = other.__class__
    vars(node).clear()
    vars(node).update(vars(other))


def setting(**fields):
    """A change that sets fields of the node."""
    def change(node):
        for name, value in fields.items():
            setattr(node, name, value)
    return change


def of_operation(node):
    swapped = [setting(op=ARITHMETIC[type(node.op)]())] if type(node.op) in ARITHMETIC else []
    return swapped if isinstance(node, ast.AugAssign) else [*swapped, become("left"), become("right")]


def of_comparison(node):
    def swap(at, kind):
        return lambda twin: twin.ops.__setitem__(at, kind())
    return [swap(at, kind) for at, op in enumerate(node.ops) for kind in COMPARISON[type(op)]]


def of_choice(node):
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    return [setting(op=other()), *(become("values", n) for n in range(len(node.values)))]


def of_sign(node):
    return [become("operand")] if isinstance(node.op, (ast.Not, ast.USub)) else []


def of_constant(node):
    value = node.value
    if isinstance(value, bool):
        return [setting(value=not value)]
    if isinstance(value, int):
        return [setting(value=value + 1), setting(value=value - 1)]
    return [setting(value=value * 2), setting(value=-value)] if isinstance(value, float) and value else []


def of_condition(node):
    return [lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))]


def of_call(node):
    def drop(at):
        return lambda twin: twin.keywords.pop(at)

    def swap(at):
        def change(twin):
            twin.args[at], twin.args[at + 1] = twin.args[at + 1], twin.args[at]
        return change

    plain = [not isinstance(each, ast.Starred) for each in node.args]
    return [*(drop(at) for at, keyword in enumerate(node.keywords) if keyword.arg),
            *(swap(at) for at in range(len(plain) - 1) if plain[at] and plain[at + 1])]


def of_keyword(node):
    axes = AXES if node.arg == "axis" else ()
    return [setting(value=ast.Constant(axis)) for axis in axes if ast.unparse(node.value) != str(axis)]


def of_name(node):
    return [setting(attr=NAMES[node.attr])] if node.attr in NAMES else []


def of_slice(node):
    """A slice without one of its ends."""
    ends = [name for name in ("lower", "upper", "step") if getattr(node, name) is not None]
    return [setting(**{name: None}) for name in ends]


WAYS = {ast.BinOp: of_operation, ast.AugAssign: of_operation, ast.Compare: of_comparison, ast.BoolOp: of_choice,
        ast.UnaryOp: of_sign, ast.Constant: of_constant, ast.If: of_condition, ast.IfExp: of_condition,
        ast.While: of_condition, ast.Call: of_call, ast.keyword: of_keyword, ast.Slice: of_slice,
        ast.Attribute: of_name}
