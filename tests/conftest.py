"""Settings of the whole suite."""

import pytest
from hypothesis import settings

# The same examples on every run and machine, and no clock: a suite that fails must fail again.
settings.register_profile("suite", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("suite")

pytest_plugins = ["site_small"]


@pytest.fixture
def told_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is made is in Vietnamese, faults are read in English all the same."""
    monkeypatch.setenv("DTI_LANG", "en")
