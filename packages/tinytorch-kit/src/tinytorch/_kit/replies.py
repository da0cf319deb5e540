"""What a learner's process had to say, checked on arrival: it may be forged, and it may end up on a terminal."""
import re
from dataclasses import dataclass, field

MOST_TEXT, MOST_TRACED, MOST_CELLS = 5000, 20, 1000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # also what turns writing around


@dataclass(frozen=True)
class Answer:
    """What one question got: a value, or the name and message of an exception."""

    value: object = None
    error: str = ""
    says: str = ""

    @classmethod
    def of(cls, reply):
        if isinstance(reply, dict) and reply.keys() == {"value"}:
            return cls(reply["value"])
        reply = reply if isinstance(reply, dict) else {}
        return cls(error=shown(reply.get("error")) or "no answer", says=shown(reply.get("says")))


@dataclass(frozen=True)
class Outcome:
    """What became of a cell or of an ask.

    `status` is "ok", "error" (it raised `error`), "timeout" or "crashed". `line` and `text` are where the error left
    this cell; `trace` is its way through all cells, as (cell, line, text), and `through` are the cells whose functions
    a watched one called. `answers` are those of an ask as far as they came: one for each input, if its status is "ok".
    """

    status: str = "ok"
    error: str = ""
    says: str = ""
    line: int | None = None
    text: str = ""
    trace: tuple = ()
    through: tuple = ()
    printed: str = ""
    answers: tuple = ()

    @classmethod
    def of(cls, reply):
        """The outcome in a child's reply; what has another form than agreed is left out."""
        text = {key: shown(reply.get(key)) for key in ("error", "says", "text", "printed")}
        line = reply.get("line") if is_line(reply.get("line")) else None
        status = "error" if "error" in reply else "ok"
        trace, through = tuple(steps(reply.get("trace"))), names(reply.get("through"))
        return cls(status, line=line, trace=trace, through=through, **text)


@dataclass
class Replies:
    """Outcomes by id: of all cells, and of all asks."""

    cells: dict = field(default_factory=dict)
    asks: dict = field(default_factory=dict)


def shown(text):
    """Text as a terminal may see it: not too long, no control characters."""
    return CONTROL.sub("", text[:MOST_TEXT]) if isinstance(text, str) else ""


def is_line(x):
    return type(x) is int and 0 < x < 10**6


def names(cells):
    return tuple(map(shown, cells[:MOST_CELLS])) if isinstance(cells, list) else ()


def steps(trace):
    for step in trace[:MOST_TRACED] if isinstance(trace, list) else []:
        if isinstance(step, list) and len(step) == 3 and is_line(step[1]):
            yield shown(step[0]), step[1], shown(step[2])
