"""Try first, Build, Use, Reflect, and the closing page; predictions beside measurements."""
import ast
import re

from rules.modules import homes, of_tinytorch
from rules.page import bound, called

ORDER = ("Try first", "Build", "Use", "Reflect", "Where this lives in PyTorch")


def parts_in_order(page):
    """The five parts are there in their order; other headings may stand between them."""
    headings = [heading for heading, _ in page.sections()]
    places = [[i for i, heading in enumerate(headings) if re.match(rf"{word}\b", heading)] for word in ORDER]
    for word, found in zip(ORDER, places):
        if not found:
            yield page.at(page.cells[-1]), f"there is no heading `## {word}`; the parts are {', '.join(ORDER)}"
    if all(places):
        firsts = [found[0] for found in places]
        if firsts != sorted(firsts) or firsts[0] != 0 or places[-1][-1] != len(headings) - 1:
            yield page.at(page.cells[0]), (
                f"the parts are in the order {', '.join(ORDER)}, the last one at the end; found {', '.join(headings)}")


def try_first_can_be_tried(page):
    """An open cell for the attempt, and beside the lesson a naive one that misses the target."""
    if not any(cell.role == "scratch" for cell in page.section("Try first")):
        yield page.at(page.cells[0]), '`## Try first` has an open cell, `# %% scratch="try_first"`'
    path = page.folder / "try_first.py"
    names = bound(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else {}
    missing = [name for name in ("TARGET", "attempt", "result") if name not in names]
    if missing:
        yield f"{page.folder.name}/try_first.py:1", (
            f"the naive attempt is TARGET, attempt() and result(lesson); missing {', '.join(missing)}")


def use_meets_an_earlier_module(page):
    """In Use, a graded exercise works with a name that an earlier lesson exports. The first has none, optional ones
    need none."""
    found = page.section("Use")
    exercises = [cell.name for cell in found if cell.role == "exercise"]
    if not exercises:
        yield page.at(found[0] if found else page.cells[-1]), "`## Use` has an exercise of its own, graded"
    elif page.entry["number"] > page.course["lesson"][0]["number"] and "tier" in page.entry:
        text = "\n".join(cell.text for cell in found if cell.role in ("exercise", "check") and cell.name in exercises)
        if not any(re.search(rf"\b{name}\b", text) for name in _earlier_names(page)):
            yield page.at(found[0]), "no exercise of `## Use` works with a name from an earlier lesson; use one"


def _earlier_names(page):
    modules = homes(page.course)
    for _, node, dotted in of_tinytorch(page):
        if isinstance(node, ast.ImportFrom) and any(dotted.startswith(home) for home in modules):
            yield next(alias.asname or alias.name for alias in node.names if dotted.endswith("." + alias.name))


def predictions_are_measured(page):
    """Every predicted text is measured in a demo below it, and every measured text was predicted above."""
    guesses, found = list(_texts(page, "predict", ("predict",))), list(_texts(page, "measured", None))
    for cell, node, text in guesses:
        if not any(_same(text, other) and place.role == "demo" and place.line > cell.line for place, _, other in found):
            yield page.at(cell, node), f"{text} is predicted, and no demo below has `measured` with that text"
    for cell, node, text in found:
        if not any(_same(other, text) and place.line < cell.line for place, _, other in guesses):
            yield page.at(cell, node), f"{text} is measured, and no cell above has `predict` with that text"
    for cell in page.role("predict"):
        if cell not in [place for place, _, _ in guesses]:
            yield page.at(cell), "a predict cell calls `predict(text, None, unit=...)`"


def _texts(page, function, roles):
    for cell, node in page.walk([cell for cell in page.code if roles is None or cell.role in roles]):
        if called(node) == function and node.args:
            yield cell, node, ast.unparse(node.args[0])


def _same(predicted, measured):
    """Texts are equal, or the measured one is an f-string that the predicted one fits."""
    if not measured.startswith("f"):
        return predicted == measured
    pattern = re.sub(r"\\\{.*?\\\}", ".+", re.escape(measured[2:-1]))
    return predicted == measured or re.fullmatch(pattern, predicted[1:-1]) is not None


RULES = (parts_in_order, try_first_can_be_tried, use_meets_an_earlier_module, predictions_are_measured)
