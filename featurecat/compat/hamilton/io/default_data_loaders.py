"""Hamilton's ``io.default_data_loaders``: loaders and savers of plain objects, as classes."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer
from featurecat.io import object_adapters

_CLASSES = {
    "EnvVarDataLoader": object_adapters.EnvironmentLoader,
    "InMemoryResult": object_adapters.MemorySaver,
    "JSONDataLoader": object_adapters.JsonLoader,
    "JSONDataSaver": object_adapters.JsonSaver,
    "LiteralValueDataLoader": object_adapters.LiteralLoader,
    "PickleLoader": object_adapters.PickleLoader,
    "PickleSaver": object_adapters.PickleSaver,
    "RawFileDataLoader": object_adapters.FileLoader,
    "RawFileDataSaver": object_adapters.FileSaver,
}
DATA_ADAPTERS = list(_CLASSES.values())

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        **{name: f"{adapter.__module__}:{adapter.__name__}" for name, adapter in _CLASSES.items()},
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "RawFileDataSaverBytes": f"{object_adapters.__name__}:FileSaver",
        "get_file_metadata": "featurecat.compat.hamilton.io.utils",
    },
    own=["DATA_ADAPTERS"],
)
