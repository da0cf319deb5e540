"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "slope_at": [dict(name="step by step", code="""
                above, below = function(x + eps), function(x - eps)
                return (above - below) / eps / 2
            """)],
    "slopes": [
        dict(
            name="two copies",
            code="""
                found = np.empty_like(array)
                for at in np.ndindex(array.shape):
                    up, down = array.copy(), array.copy()
                    up[at] += eps
                    down[at] -= eps
                    found[at] = (function(up) - function(down)) / (2 * eps)
                return found
            """,
        ),
    ],
    "catch": [
        dict(
            name="three numbers that meet",
            code="""
                a = np.array([2.0, 3.0, 5.0])
                found = slopes_of(lambda a: float(a[0] * a[1] + a[1] * a[2]), a, 0.25)
                if not np.allclose(found, [3, 7, 3]):
                    raise AssertionError("these slopes are not right")
            """,
        ),
    ],
    "agrees": [
        dict(
            name="the largest difference",
            code="""
                found, expected = np.asarray(formula(array)), slopes(function, array)
                return bool((np.abs(found - expected) <= 1e-6 + 1e-4 * np.abs(expected)).all())
            """,
        ),
    ],
    "seconds": [dict(name="calls first", code="calls = 2 * numbers\nseconds = calls * milliseconds * 0.001")],
}
