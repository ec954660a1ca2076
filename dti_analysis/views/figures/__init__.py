"""Figures: one function each, from a study (or a commune) to a `Picture` whose title states what was found."""

from dti_analysis.views.figures.changes import appraisal, movement
from dti_analysis.views.figures.commune import facts
from dti_analysis.views.figures.components import gap_tree, heatmap, pareto
from dti_analysis.views.figures.firmness import rank_intervals
from dti_analysis.views.figures.picture import Picture
from dti_analysis.views.figures.plan import plan
from dti_analysis.views.figures.units import distribution, ranking
from dti_analysis.views.figures.why import claimed, waterfall

__all__ = [
    "Picture", "appraisal", "claimed", "distribution", "facts", "gap_tree", "heatmap", "movement", "pareto", "plan",
    "rank_intervals", "ranking", "waterfall",
]  # fmt: skip
