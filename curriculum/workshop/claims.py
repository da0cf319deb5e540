"""What a lesson must prove. Each claim is a function of a Proof; it returns what speaks against it, one line each."""
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import pages
import trials
from tinytorch._kit import release, wire
from tinytorch_teach import lessons
from tinytorch_teach.grader import Grader
from walk import Folder, Walk

MISTAKES, PLAUSIBLE, KILLED = 5, 0.6, 0.95
ALTERNATIVES = 2
CHECK_S, LESSON_S = 1.0, 60.0
RIGHT = "right:"  # how the reason for a surviving mutant begins if it is another right answer
KEYS = ("name", "code", "says", "ask", "symptom")


@dataclass
class Proof:
    """One lesson on the stand: its bench, a grader for it, and what was found out on the way."""

    bench: trials.Bench
    beside: frozenset = frozenset()  # numbers of the lessons that are proved in the same run
    notes: list = field(default_factory=list)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if "grader" in vars(self):
            self.grader.close()

    @property
    def lesson(self):
        return self.bench.lesson

    @cached_property
    def grader(self):
        return Remembering(self.lesson)

    @cached_property
    def trials(self):
        return self.bench.trials()

    @cached_property
    def page(self):
        return pages.whole(self.lesson, self.bench.folder)

    def of(self, *kinds):
        return [trial for trial in self.trials if trial.kind in kinds]


class Remembering(Grader):
    """A Grader that runs the reference once for the same questions to the same learner."""

    def __init__(self, lesson):
        super().__init__(lesson, course="proof", tier="none")
        self.known = {}

    def reference(self, questions, learner=""):
        keys = {name: (learner, name, wire.encode(asked)) for name, asked in questions.items()}
        new = {name: asked for name, asked in questions.items() if keys[name] not in self.known}
        if new:
            self.known |= {keys[name]: answers for name, answers in super().reference(new, learner).items()}
        return {name: self.known[keys[name]] for name in questions}


def claim_released_as_it_is_it_scores_nothing(proof):
    report = proof.grader.grade(release.release(proof.lesson.cells))
    return [f"it scores {report.points} of {report.of}"] if report.points else []


def claim_solved_it_scores_every_point(proof):
    report = proof.grader.grade(proof.lesson.cells, learner="proof")
    return [f"{name}: {verdict.says}" for name, verdict in report.verdicts.items() if verdict.points < verdict.of]


def claim_one_blank_exercise_loses_exactly_its_points(proof):
    stubs, found, seed = proof.lesson.stubs(), [], proof.bench.seed
    for name, points in proof.lesson.points.items():
        book = [replace(cell, text=stubs[name]) if cell.id == name else cell for cell in proof.lesson.cells]
        report = proof.grader.grade(book, seed=seed)
        lost = {other: verdict.says for other, verdict in report.verdicts.items() if verdict.points < verdict.of}
        if report.points != proof.lesson.total - points:
            found.append(f"{name}: expected {proof.lesson.total - points} points, found {report.points}; lost: {lost}")
    return found


def claim_an_exercise_is_answered_while_all_below_it_are_blank(proof):
    return [f"{trial.exercise}: {trial.probes}" for trial in proof.of("alone") if trial.probes]


def claim_probes_and_checks_accept_the_solution_and_reject_a_stub_or_nothing_in_its_place(proof):
    right = proof.of("solution")
    found = [f"{trial}: {trial.probes or trial.checks}" for trial in right if trial.probes or trial.checks]
    return found + [f"{trial}: the {'probes' if not trial.probes else 'check'} let it pass"
                    for trial in proof.of("blank", "hollow") if not trial.probes or not trial.checks]


def claim_every_exercise_has_five_mistakes_each_with_all_that_is_said_of_one(proof):
    found = []
    for name in proof.lesson.points:
        given = proof.bench.mistakes.get(name, [])
        found += [f"{name}: expected {MISTAKES} mistakes, found {len(given)}"] if len(given) < MISTAKES else []
        found += [f"{name}: {one.get('name', one)} has no {key}" for one in given for key in KEYS if not one.get(key)]
    return found + unknown(proof.bench.mistakes, proof.lesson, "mistakes")


def claim_every_mistake_is_rejected(proof):
    proof.notes += [f"{trial}: {trial.blind} of {len(proof.bench.inputs(trial.exercise))} questions let it pass"
                    for trial in proof.of("mistake") if trial.probes and trial.blind]
    return [f"{trial}: the probes let it pass" for trial in proof.of("mistake") if not trial.probes]


def claim_three_of_five_mistakes_return_the_form_of_a_right_answer(proof):
    found = []
    for name in proof.lesson.points:
        plausible = [trial.plausible for trial in proof.of("mistake") if trial.exercise == name]
        if sum(plausible) < PLAUSIBLE * len(plausible):
            odd = [trial.name for trial in proof.of("mistake") if trial.exercise == name and not trial.plausible]
            found.append(f"{name}: {sum(plausible)} of {len(plausible)}; not these: {'; '.join(odd)}")
    return found


def claim_mutants_are_rejected_and_survivors_have_a_reason(proof):
    """Those that are right answers are not counted; the others may be one in twenty."""
    alive = [trial for trial in proof.of("mutant") if not trial.probes]
    reasons = proof.bench.survivors
    found = [f"{trial}: survives, and SURVIVORS in mistakes.py gives no reason" for trial in alive
             if not reasons.get(trial.exercise, {}).get(trial.name)]
    wrong = [trial for trial in alive if not reasons.get(trial.exercise, {}).get(trial.name, "").startswith(RIGHT)]
    counted = len(proof.of("mutant")) - len(alive) + len(wrong)
    if len(wrong) > (1 - KILLED) * counted:
        found.append(f"{counted - len(wrong)} of {counted} are rejected; expected {KILLED:.0%}")
    names = {(trial.exercise, trial.name) for trial in alive}
    return found + [f"{exercise}: SURVIVORS names {name}, which does not survive"
                    for exercise, given in reasons.items() for name in given if (exercise, name) not in names]


def claim_every_alternative_passes_probes_and_checks(proof):
    found = [f"{trial}: {trial.probes or trial.checks}" for trial in proof.of("alternative")
             if trial.probes or trial.checks]
    few = len(proof.of("alternative")) < ALTERNATIVES
    found += [f"expected {ALTERNATIVES} alternatives or more, found {len(proof.of('alternative'))}"] if few else []
    return found + unknown(proof.bench.alternatives, proof.lesson, "alternatives")


def unknown(given, lesson, what):
    return [f"{what}.py speaks of {name}, which has no points here" for name in given if name not in lesson.points]


def claim_later_lessons_pass_on_top_of_every_alternative(proof):
    """Those that are proved in the same run say it themselves, of all that they need at once; None if all are."""
    curriculum, number = proof.lesson.curriculum, proof.lesson.number
    later = [entry["number"] for entry in lessons.entries(curriculum)
             if number in entry["needs"] and not pages.unwritten(curriculum, entry)]
    if later and proof.beside.issuperset(later):
        return None
    return [f"{one.slug}: {line}" for one in map(lessons.load, later, [curriculum] * len(later))
            if one.number not in proof.beside for line in on_top(proof, one, [proof.lesson])]


def claim_it_passes_on_top_of_every_alternative_of_what_it_needs(proof):
    return on_top(proof, proof.lesson, [lessons.load(number, proof.lesson.curriculum) for number in proof.lesson.needs])


def on_top(proof, later, lower):
    """What fails in a lesson on top of the modules of lower ones with alternatives in them: all at once, and if that
    fails, one by one, to tell which."""
    known = {one.slug: mixtures(one) for one in lower}
    most = max(map(len, known.values()), default=0)

    def tried(turn, some):
        texts, said = {}, []
        for one in some:
            given = known[one.slug][turn % len(known[one.slug])] if known[one.slug] else {}
            texts[lessons.path_of(one.module)] = one.module_text({name: each["code"] for name, each in given.items()})
            names = ", ".join(f"{name} as '{each['name']}'" for name, each in given.items())
            said.append(f"{one.slug} with {names}")
        found = pages.complaints(later, folder, texts, right)
        return [f"{line}; on top of {'; '.join(said)}" for line in found]

    def judged(turn):
        together = tried(turn, lower)
        alone = [line for one in lower for line in tried(turn, [one])] if together and len(lower) > 1 else together
        if together and not alone:
            proof.notes.append(f"only together: {together[0]}")
        return alone

    with (nullcontext(proof.bench.folder) if later is proof.lesson else Folder(later)) as folder:
        right = pages.answered(later, folder, proof.bench.seed) if most else {}
        with ThreadPoolExecutor(trials.WORKERS) as pool:
            return [line for lines in pool.map(judged, range(most)) for line in lines]


def mixtures(lesson):
    """Alternatives for all exercises at once, {exercise: {"name", "code"}}, so many that each has its turn."""
    given = {name: some for name, some in trials.alternatives(lesson).items() if some}
    most = max(map(len, given.values()), default=0)
    return [{name: some[n % len(some)] for name, some in given.items()} for n in range(most)]


def claim_try_first_runs_and_misses_its_target(proof):
    text = (proof.lesson.folder / "try_first.py").read_text(encoding="utf-8")
    acts = f"{text}\n\ndef act_try_first(lesson, inputs):\n    return [TARGET, result(lesson)]\n"
    with Walk(proof.lesson, proof.bench.folder.path, acts=acts) as walk:
        walk.run()
        answer = walk.say(LESSON_S, ask="try_first", inputs=[None])["answers"][0]
    if "error" in answer:
        return [f"it raises {answer['error']}: {answer['says']}"]
    target, reached = answer["value"]
    if target.keys() != reached.keys():
        return [f"TARGET has {', '.join(target)}, and result() {', '.join(reached)}"]
    missed = [key for key in target if misses(target[key], reached[key])]
    return [] if missed else [f"it meets its target: {target}, reached {reached}"]


def misses(target, reached):
    """A plain target is the most that is allowed; ["at least", x] is the least."""
    return not reached >= target[1] if isinstance(target, list) else not reached <= target


def claim_each_arrow_of_the_map_is_needed_and_no_other(proof):
    lesson, folder, curriculum = proof.lesson, proof.bench.folder, proof.lesson.curriculum
    lower = [entry for entry in lessons.entries(curriculum) if entry["number"] < lesson.number]
    needed = pages.needed(curriculum, lesson.needs)  # also by what is needed
    on_map = [entry for entry in lower if entry["number"] in lesson.needs]
    with ThreadPoolExecutor(trials.WORKERS) as pool:
        found = pool.map(partial(arrow, lesson, folder), on_map)
        other = pool.submit(unneeded, lesson, folder, [entry for entry in lower if entry["number"] not in needed])
        return [*filter(None, found), *other.result()]


def arrow(lesson, folder, entry):
    """What speaks against the map, if all that was said while a module on it is a stub speaks of something else."""
    name = f"Module {entry['number']}"
    said = pages.complaints(lesson, folder, pages.stubbed(entry), until=name)
    if not said:
        return f"{name} is on the map, and with it a stub everything passes"
    return None if name in said[-1] else f"no message names {name}: {said[0]}"


def unneeded(lesson, folder, some):
    """What fails while these modules are stubs: all at once, and if that fails, one by one, to tell which."""
    stubs = [pages.stubbed(entry) for entry in some]
    together = {path: text for stub in stubs for path, text in stub.items()}
    said = pages.complaints(lesson, folder, together) if some else []
    names = ", ".join(entry["number"] for entry in some)
    if not said or len(some) == 1:
        return [f"Module {names} is not on the map, and with it a stub this fails: {line}" for line in said[:1]]
    alone = [line for entry in some for line in unneeded(lesson, folder, [entry])]
    return alone or [f"None of {names} is on the map, and with all of them stubs this fails: {said[0]}"]


def claim_the_whole_page_runs_and_is_quick(proof):
    """In 1.5 GB, which is what the process gets. A slow check has a second try, for other work may be going on."""
    found = [f"{cell.id}: {cell.error}" for cell in proof.page if cell.error]
    slow = {cell.id for cell in proof.page if cell.role == "check" and cell.elapsed_s > CHECK_S}
    again = pages.whole(proof.lesson, proof.bench.folder) if slow else []
    found += [f"{cell.id} takes {cell.elapsed_s:.1f} s; expected under {CHECK_S:g} s" for cell in again
              if cell.id in slow and cell.elapsed_s > CHECK_S]
    total = sum(cell.elapsed_s for cell in proof.page)
    proof.notes.append(f"the whole page takes {total:.1f} s, its slowest check "
                       f"{max((cell.elapsed_s for cell in proof.page if cell.role == 'check'), default=0):.2f} s")
    return found + ([f"it takes {total:.0f} s; expected under {LESSON_S:g} s"] if total > LESSON_S else [])


CLAIMS = {name.removeprefix("claim_").replace("_", " "): function
          for name, function in list(globals().items()) if name.startswith("claim_")}
