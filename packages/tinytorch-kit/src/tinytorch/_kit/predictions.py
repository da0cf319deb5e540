"""The learner's predictions beside what was measured, from log/predictions.jsonl (see tinytorch.lesson)."""
import json

from tinytorch.lesson import shown


def compared(lines):
    """[(lesson, what, predicted or None, measured, unit)], one for each guess that a measurement followed.

    The guess that counts is the last one before the measurement, and the measurement the last one after that guess. The
    same guess again, as when a cell is re-run, is no new one.
    """
    guesses, rows = {}, {}
    for line in lines:
        try:
            said = json.loads(line)
            key = said["lesson"], said["what"]
            if "predicted" in said:
                turn, before = guesses.get(key, (0, None))
                guesses[key] = turn + (turn == 0 or said["predicted"] != before), said["predicted"]
            else:
                turn, guess = guesses.get(key, (0, None))
                rows[(*key, turn)] = *key, guess, said["measured"], said.get("unit", "")
        except (ValueError, TypeError, KeyError):  # half a line, from a disk that was full
            continue
    return list(rows.values())


def as_table(rows):
    """The rows as texts, with a heading; the ratio is predicted / measured."""
    table = [("lesson", "what", "predicted", "measured", "ratio")]
    for lesson, what, guess, measured, unit in rows:
        predicted = "nothing" if guess is None else shown(guess, unit)
        ratio = f"{guess / measured:.3g}" if guess is not None and measured else "1" if guess == measured else ""
        table.append((lesson, what, predicted, shown(measured, unit), ratio))
    return table
