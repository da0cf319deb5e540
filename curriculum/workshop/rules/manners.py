"""The tone of a page: quiet, plain, readable aloud."""
import re

PICTURES = re.compile("[\u2500-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
BANNER = re.compile(r"[=*#~_]{11,}")
CHEERS = re.compile(r"\b(congratulations|congrats|awesome|amazing|fantastic|brilliant|excellent|hooray|yay|bravo|"
                    r"(well|nicely) done|(good|great|nice) (job|work)|you did it|you've got this|let's go)\b", re.I)
CRY = re.compile(r"[A-Za-z]!(?=\s|$)")
INSTALL = re.compile(r"pip3? install +(-\S+ +)*tinytorch")


def no_pictures(page):
    yield from _found(page, PICTURES, "a screen reader stumbles over {0}; use words and plain letters")


def no_banners(page):
    yield from _found(page, BANNER, "{0} is a banner; a heading or an empty line is enough")


def no_cheering(page):
    yield from _found(page, CHEERS, "`{0}` cheers; say what now works, or nothing")
    yield from _found(page, CRY, "`{0}` shouts; a full stop will do", page.prose)


def no_stranger_is_installed(page):
    """Our names on the public index are a stranger's or nobody's."""
    yield from _found(page, INSTALL, "`{0}` fetches a stranger's package; say --no-index --find-links dist")


def _found(page, pattern, says, among=None):
    for cell in page.cells if among is None else among:
        for line, text in enumerate(cell.text.split("\n")):
            for found in pattern.finditer(text):
                yield f"{page.folder.name}/lesson.py:{cell.line + line}", says.format(found[0])


RULES = (no_pictures, no_banners, no_cheering, no_stranger_is_installed)
