"""Where the rooms of the repository are."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
REPOSITORY = PACKAGE.parent
DATA = REPOSITORY / "data"
NOTEBOOKS = REPOSITORY / "notebooks"
LOCK = REPOSITORY / "requirements.lock"
TEMPLATES = PACKAGE / "publishing" / "template"
