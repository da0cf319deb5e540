"""No later concept before its lesson: glossary.toml says which lesson introduces a word of the field."""
import ast
import re

SPOKEN = ("name", "says", "ask")  # of a mistake: what a learner may read


def no_later_words(page):
    later = _later(page)
    for where, line, text in _texts(page):
        for found in later.finditer(_without_exempt(page, text)) if later else ():
            home = found.lastgroup[1:3]
            yield f"{where}:{line + text.count(chr(10), 0, found.start())}", (
                f"`{found[0]}` is a word of lesson {home}; use words that this learner has, "
                "or exempt the phrase in glossary.toml and say why")


def exemptions_are_used(page):
    text = "\n".join(text for _, _, text in _texts(page))
    for one in page.glossary.get("exempt", []):
        if one["lesson"] == page.entry["number"] and (one["phrase"] not in text or not one["reason"]):
            yield "workshop/glossary.toml:1", (
                f"lesson {one['lesson']} does not say {one['phrase']!r}, or there is no reason; take the exemption out")


def _later(page):
    """One pattern for the words of all later lessons; the group's name holds the lesson."""
    this = page.entry["number"]
    words = [(number, term) for number, terms in _terms(page).items() for term in terms if number > this]
    words.sort(key=lambda pair: -len(pair[1]))
    parts = [f"(?P<L{number}_{i}>{pattern(term)})" for i, (number, term) in enumerate(words)]
    return re.compile(r"(?<![A-Za-z])(?:" + "|".join(parts) + r")(?![A-Za-z])") if parts else None


def _terms(page):
    """{number: terms}: the glossary's, and exported names that no English word can be taken for."""
    terms = {number: list(found) for number, found in page.glossary.get("terms", {}).items()}
    for lesson in page.course["lesson"]:
        odd = [name for name in lesson["exports"] if re.search(r"[a-z0-9][A-Z]|[A-Z]{2}|[A-Za-z]_", name)]
        terms.setdefault(lesson["number"], []).extend(odd)
    return terms


def pattern(term):
    """A term as a pattern: its words joined by a blank, a hyphen, an underscore or nothing, with -s, -es, -ed, -ing;
    `*` stands for any ending. With a capital in it, capitals count."""
    body = r"[\s_-]*".join(re.escape(word) for word in term.rstrip("*").split(" "))
    ending = "[a-z]*" if term.endswith("*") else "(?:e?s|ed|ing)?"
    return body + ending if term != term.lower() else f"(?i:{body}{ending})"


def _texts(page):
    """(file, first line, text) of all that a learner may read, but for the map and PyTorch's names on the last page."""
    name, closing = page.folder.name, page.section("Where this lives in PyTorch")
    for cell in page.cells:
        text = cell.text
        if cell is page.cells[0]:
            text = _blank(r"(?m)^ {4}.*$", text)
        if cell in closing:
            text = _blank(r"`[^`]*`", text)
        yield f"{name}/lesson.py", cell.line, text
    for file, spoken in (("probes.py", _sentences), ("mistakes.py", _mistakes)):
        path = page.folder / file
        for node in spoken(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ():
            yield f"{name}/{file}", node.lineno, node.value
    stub = page.folder / "lesson.pyi"
    if stub.exists():
        yield f"{name}/lesson.pyi", 1, stub.read_text(encoding="utf-8")


def _sentences(tree):
    """Strings of probes, which may become a sentence for the learner; docstrings are for us."""
    ours = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [node for node in ast.walk(tree) if _is_text(node) and id(node) not in ours]


def _mistakes(tree):
    said = [(key.arg, key.value) for node in ast.walk(tree) if isinstance(node, ast.Call) for key in node.keywords]
    said += [(getattr(key, "value", None), value) for node in ast.walk(tree) if isinstance(node, ast.Dict)
             for key, value in zip(node.keys, node.values)]
    return [value for name, value in said if name in SPOKEN and _is_text(value)]


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _without_exempt(page, text):
    """The text with dormant names, everyday phrases, this lesson's exemptions and `05 Autograd` blanked out."""
    glossary, number = page.glossary, page.entry["number"]
    phrases = glossary.get("dormant", []) + glossary.get("everyday", [])
    phrases += [one["phrase"] for one in glossary.get("exempt", []) if one["lesson"] == number]
    titles = [f"{lesson['number']} {lesson['title']}" for lesson in page.course["lesson"]]
    text = _blank(r"(?m)^ *(Other )?Parameters\n *---+$", text)  # a heading of docstrings
    return _blank("|".join(rf"(?i:{re.escape(phrase)})" for phrase in phrases + titles), text)


def _blank(pattern, text):
    """Empty what matches and keep the line breaks, so that lines can still be counted."""
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", ".", found[0]), text)


RULES = (no_later_words, exemptions_are_used)
