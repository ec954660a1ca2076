"""Options that several commands share."""

from typing import Literal

Lang = Literal["vi", "en"]  # as dti_analysis.common.text, which takes long to load
