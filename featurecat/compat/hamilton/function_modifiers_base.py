"""Hamilton's ``function_modifiers_base``: the old place of ``function_modifiers.base``."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer
from featurecat.compat.hamilton.function_modifiers import base as _moved

__getattr__, __dir__, __all__ = offer(__name__, dict.fromkeys(_moved.__all__, _moved.__name__))
