"""Sources, inputs, loaders and savers: what is read and written, in which file format, for which engine.

``to`` and ``from_`` say what ``materialize`` saves and loads; ``DataLoader``, ``DataSaver`` and ``register_adapter``
add formats.
"""

from __future__ import annotations

from featurecat.io.adapter_registry import AdapterRegistry, register_adapter
from featurecat.io.adapters import DataLoader, DataSaver
from featurecat.io.materializers import from_, to

__all__ = ["AdapterRegistry", "DataLoader", "DataSaver", "from_", "register_adapter", "to"]
