"""Plausible wrong answers. `code` stands in place of the exercise's solution region.

`ask` is the question that a learner gets when the same failure comes again, `says` the sentence after that.
"""

MISTAKES = {
    "slope_at": [
        dict(name="one side", code="return (function(x + eps) - function(x)) / eps",
             says="Ask below as well: the bend of the function cancels then.", ask="Where do you ask below x?",
             symptom="off by about eps times the bend"),
        dict(name="half the way", code="return (function(x + eps) - function(x - eps)) / eps",
             says="From below to above are 2 * eps.", ask="How far apart are your two places?",
             symptom="twice too large"),
        dict(name="the sign turned", code="return (function(x - eps) - function(x + eps)) / (2 * eps)",
             says="Above minus below.", ask="Which sign has the slope of a cube at 2?", symptom="the wrong sign"),
        dict(name="an eps of its own", code="return (function(x + 1e-5) - function(x - 1e-5)) / 2e-5",
             says="Use the eps that is given.", ask="What does your line do with eps?",
             symptom="right for small eps only"),
        dict(name="half nudges", code="return (function(x + eps / 2) - function(x - eps / 2)) / eps",
             says="eps to each side.", ask="How far from x do you ask?",
             symptom="right for small eps; with a large one the error is too small"),
    ],
    "slopes": [
        dict(name="all at once", code="""
                rise = function(array + eps) - function(array - eps)
                return np.full(array.shape, rise / (2 * eps))
            """, says="Nudge one number at a time; all together give the sum of the slopes.",
             ask="How can one difference tell several slopes?", symptom="one number everywhere"),
        dict(name="the caller's array", code="""
                found = np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    array[at] += eps
                    up = function(array)
                    array[at] -= 2 * eps
                    found[at] = (up - function(array)) / (2 * eps)
                return found
            """, says="Work on a copy; the array is the caller's.", ask="What does the caller hold afterwards?",
             symptom="slopes nearly right, the array has moved"),
        dict(name="not put back", code="""
                nudged, found = array.copy(), np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    nudged[at] += eps
                    up = function(nudged)
                    nudged[at] -= 2 * eps
                    found[at] = (up - function(nudged)) / (2 * eps)
                return found
            """, says="Each number must stand where it stood before the next is nudged.",
             ask="What does the array hold when the second number has its turn?",
             symptom="right for tiny eps, or where numbers do not meet"),
        dict(name="one side", code="""
                found, here = np.zeros_like(array), function(array)
                for at in np.ndindex(array.shape):
                    nudged = array.copy()
                    nudged[at] += eps
                    found[at] = (function(nudged) - here) / eps
                return found
            """, says="Ask on both sides.", ask="What becomes of the bend?", symptom="off by eps times the bend"),
        dict(name="eps not handed on", code="""
                found = np.zeros_like(array)
                for at in np.ndindex(array.shape):
                    def with_it(x, at=at):
                        changed = array.copy()
                        changed[at] = x
                        return function(changed)
                    found[at] = slope_at(with_it, array[at])
                return found
            """, says="Hand eps on to slope_at.", ask="Which eps does slope_at see?",
             symptom="right for small eps only"),
    ],
    "catch": [
        dict(name="numbers that do not meet", code="""
                found = slopes_of(lambda a: float((a * a).sum()), np.array([3.0, -5.0]), 1e-5)
                assert np.allclose(found, [6, -10]), "the slopes are 6 and -10"
            """, says="Take a function in which the numbers meet, such as a product.",
             ask="Does the second slope depend on the first number?", symptom="lets the colleague pass"),
        dict(name="to the last bit", code="""
                found = slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 0.5)
                assert (found == [4, 3]).all(), "the slopes are 4 and 3"
            """, says="Slopes by nudging are off by rounding; compare with np.allclose.",
             ask="And if a right function takes a smaller eps of its own?", symptom="refuses some right functions"),
        dict(name="the first slope", code="""
                found = slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 0.5)
                assert np.isclose(found[0], 4), "the first slope is 4"
            """, says="The first one is right; compare all.", ask="Which of the colleague's slopes is wrong?",
             symptom="lets the colleague pass"),
        dict(name="shape alone", code="""
                found = slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 0.5)
                assert found.shape == (2,), "one slope for each number"
            """, says="Compare values.", ask="Do you look at a value?",
             symptom="lets everything of the right shape pass"),
        dict(name="exchanged", code="""
                found = slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 0.5)
                assert np.allclose(found, [3, 4]), "the slopes are 3 and 4"
            """, says="a[0] * a[1] rises a[1] times as fast as a[0].", ask="How fast does 3 * 4 rise with the 3?",
             symptom="refuses what is right"),
    ],
    "agrees": [
        dict(name="the first only", code="""
                found = slopes(function, array)
                return bool(np.isclose(np.ravel(formula(array))[0], found.ravel()[0], rtol=1e-4, atol=1e-6))
            """, says="All slopes must agree.", ask="And the second one?",
             symptom="lets formulas pass that start right"),
        dict(name="too mild", code="return bool(np.allclose(formula(array), slopes(function, array), rtol=0.1))",
             says="To one part in 10,000: rtol=1e-4.", ask="How far off may a formula be?",
             symptom="lets formulas pass that are nearly right"),
        dict(name="too strict", code="return bool((formula(array) == slopes(function, array)).all())",
             says="Nudging is off by rounding; compare with np.allclose.", ask="Are two such numbers ever equal?",
             symptom="refuses right formulas"),
        dict(name="to seven digits",
             code="return bool(np.allclose(formula(array), slopes(function, array), rtol=1e-7))",
             says="To one part in 10,000: rtol=1e-4.", ask="How far off may a formula be?",
             symptom="refuses formulas that are near enough"),
        dict(name="their mean", code="""
                return bool(np.isclose(np.mean(formula(array)), slopes(function, array).mean(), rtol=1e-2))
            """, says="Element by element.", ask="Could two wrongs make a right mean?",
             symptom="lets some wrong formulas pass"),
    ],
    "seconds": [
        dict(name="one side", code="seconds = numbers * milliseconds / 1000",
             says="Two calls for each number.", ask="How many calls has one slope?", symptom="half"),
        dict(name="milliseconds", code="seconds = 2 * numbers * milliseconds",
             says="A second has 1,000 ms.", ask="In which unit is your number?", symptom="a thousand times too much"),
        dict(name="calls", code="seconds = 2 * numbers / 1000",
             says="Each call takes the milliseconds that are printed.", ask="How long does a call take?",
             symptom="too small"),
        dict(name="pairs", code="seconds = numbers**2 * milliseconds / 1000",
             says="One number at a time, not pairs of them.", ask="How many calls has one slope?",
             symptom="far too much"),
        dict(name="and once at the start", code="seconds = (2 * numbers + 1) * milliseconds / 1000",
             says="Both sides, and never at the place itself.", ask="Who asks at the place itself?",
             symptom="one call too many"),
    ],
}

SURVIVORS = {
    "slopes": {"`np.zeros_like` becomes `np.ones_like`": "right: every place is written"},
    "catch": {
        "`np.allclose(found, [4, 3])` becomes `np.allclose([4, 3], found)`": "right: the same comparison",
        "`slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 0.5)` becomes "
        "`slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 1.0)`": "right: any large eps",
        "`slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), 0.5)` becomes "
        "`slopes_of(lambda a: float(a[0] * a[1]), np.array([3.0, 4.0]), -0.5)`": "right: below and above change places",
    },
    "agrees": {
        "`np.allclose(formula(array), slopes(function, array), rtol=0.0001, a...` becomes "
        "`np.allclose(slopes(function, array), formula(array), rtol=0.0001, a...`": "right: either may be the measure",
    },
}
