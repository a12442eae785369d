"""Pictures of neighbourhoods and modules, laid out and drawn at build time."""

from __future__ import annotations

from featurecat_sphinx.drawing.neighbourhood import Adjacency, Neighbourhood, neighbourhood
from featurecat_sphinx.drawing.svg import module_svg, neighbourhood_svg

__all__ = ["Adjacency", "Neighbourhood", "module_svg", "neighbourhood", "neighbourhood_svg"]
