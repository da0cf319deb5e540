"""Right answers written differently. `code` stands in place of the exercise's solution region."""

ALTERNATIVES = {
    "scaled": [dict(name="two steps", code="""
                moved = array - np.min(array)
                return moved / np.max(moved)
            """)],
    "row_means": [dict(name="NumPy's own", code="return table.mean(axis=1)"),
                  dict(name="row by row", code="return np.array([sum(row) / len(row) for row in table])")],
    "catch": [dict(name="floats", code="""
                before = np.array([4.0, 2.0])
                kept = before.copy()
                after = first_zero(before)
                assert np.array_equal(after, [0, 2]) and np.array_equal(before, kept), "not what it should be"
            """)],
    "first_zero": [dict(name="joined", code="return np.concatenate([np.zeros(1, array.dtype), array[1:]])")],
    "array_bytes": [dict(name="NumPy knows", code="array_bytes = np.zeros(shape).nbytes")],
}
