"""Settings of the whole suite."""

from hypothesis import settings

# The same examples on every run and machine, and no clock: a suite that fails must fail again.
settings.register_profile("suite", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("suite")

pytest_plugins = ["site_small"]
