import pytest
from tinytorch.core.autograd import RULES


@pytest.fixture
def own_rules():
    """Rules that a test registers are gone after it."""
    before = dict(RULES)
    yield
    RULES.clear()
    RULES.update(before)
