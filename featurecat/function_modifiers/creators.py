"""Functions whose body is elsewhere: another function, or a model chosen by the config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from featurecat.definition.body import has_empty_body
from featurecat.definition.modifier import ConfigNeeds, Modifier, Phase
from featurecat.definition.node import DefinedFunction, Node, dependency_on
from featurecat.definition.types import unwrapped
from featurecat.errors import did_you_mean

__all__ = ["does", "dynamic_transform", "model"]


class _Called:
    """Calls another function with the parameters of the declared one, by name."""

    __slots__ = ("function", "names")

    def __init__(self, function: Callable[..., Any], names: tuple[str, ...]) -> None:
        self.function = function
        self.names = names

    def __call__(self, *values: Any) -> Any:
        return self.function(**dict(zip(self.names, values, strict=True)))


class does(Modifier):  # noqa: N801 - the name users know
    """Run another function in the place of this one, whose body is empty.

    Args:
        replacing_function: Is called with the parameters by name; often it takes ``**anything``.
        argument_mapping: Parameter of that function to the parameter of this one that fills it.

    Example:
        >>> def total(**costs: float) -> float:
        ...     return sum(costs.values())
        >>> @does(total)
        ... def cost(seat_cost: float, fuel_cost: float) -> float:
        ...     '''Everything together.'''
        >>> cost(1.0, 2.0) is None
        True
    """

    phase: ClassVar[Phase] = Phase.GENERATE
    single: ClassVar[bool] = True

    def __new__(cls, *given: Any, **argument_mapping: Any) -> does:
        """A replacement; unlike other decorators it is given a function."""
        del given, argument_mapping
        return object.__new__(cls)

    def __init__(self, replacing_function: Callable[..., Any], **argument_mapping: str) -> None:
        self.replacing_function = replacing_function
        self.argument_mapping = argument_mapping

    def check(self, function: Callable[..., Any]) -> None:
        """Check that the body is empty and that the other function can be called with these parameters."""
        import inspect  # few functions are replaced

        if not callable(self.replacing_function):
            raise self.error(f"takes a function, not {self.replacing_function!r}", function, "@does(my_function)")
        if not has_empty_body(function):
            raise self.error(
                "its body is not empty, and would never run",
                function,
                "leave only the docstring or ...; the other function does the work",
            )
        parameters = list(inspect.signature(function).parameters)
        for given in self.argument_mapping.values():
            if given not in parameters:
                hint = did_you_mean(str(given), parameters) or f"parameters are {', '.join(parameters) or 'none'}"
                raise self.error(f"maps {given!r}, which is no parameter", function, hint)
        names = self._names(parameters)
        shown = getattr(self.replacing_function, "__name__", repr(self.replacing_function))
        try:
            signature = inspect.signature(self.replacing_function)
            signature.bind(**dict.fromkeys(names))
        except (TypeError, ValueError) as error:
            raise self.error(
                f"{shown} cannot be called with {', '.join(names) or 'nothing'}: {error}",
                function,
                f"@does({shown}, its_parameter='own_parameter')",
            ) from None
        if len(set(names)) < len(names):
            raise self.error(f"two parameters go to one of {shown}", function, "map each to its own")

    def _names(self, parameters: list[str]) -> tuple[str, ...]:
        renamed = {own: theirs for theirs, own in self.argument_mapping.items()}
        return tuple(renamed.get(name, name) for name in parameters)

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The same nodes, computed by the other function."""
        return [
            node.with_(
                function=_Called(self.replacing_function, self._names([one.parameter for one in node.arguments])),
                keywords=(),
            )
            for node in nodes
        ]


class dynamic_transform(Modifier):  # noqa: N801 - the name users know
    """Compute the feature by an object that is made from a config value, which also says what it depends on.

    Args:
        transform_class: Is called with the value of the config key and the feature's name; the object answers
            ``get_dependents()`` with the names it takes, and ``compute(**values)`` with the feature.
        config_param: The config key.
        extra_transform_params: Further keyword arguments of the class.

    Example:
        >>> class Weighted:
        ...     def __init__(self, weights, name):
        ...         self.weights = weights
        ...     def get_dependents(self):
        ...         return list(self.weights)
        ...     def compute(self, **columns):
        ...         return sum(self.weights[name] * column for name, column in columns.items())
        >>> @dynamic_transform(Weighted, "weights")
        ... def score() -> float:
        ...     '''A weighted sum.'''
    """

    phase: ClassVar[Phase] = Phase.GENERATE
    single: ClassVar[bool] = True
    configurable: ClassVar[bool] = True
    #: Methods of the object that may compute the feature: the one that messages name first, the one tried first last.
    _called: ClassVar[tuple[str, ...]] = ("compute",)

    def __new__(cls, *given: Any, **extra: Any) -> Self:
        """A transform; it may well be given a function."""
        del given, extra
        return object.__new__(cls)

    def __init__(self, transform_class: Callable[..., Any], config_param: str, **extra_transform_params: Any) -> None:
        self.transform_class = transform_class
        self.config_param = config_param
        self.extra = extra_transform_params

    def check(self, function: Callable[..., Any]) -> None:
        """Check that the function is a mere declaration: no parameters, no body."""
        code = unwrapped(function).__code__
        if code.co_argcount + code.co_kwonlyargcount:
            raise self.error(
                "takes no parameters: the object says what it depends on", function, "def score() -> pd.Series: ..."
            )
        if not has_empty_body(function):
            raise self.error("its body is not empty, and would never run", function, "leave only the docstring or ...")
        if not isinstance(self.config_param, str):
            raise self.error(
                f"{self.config_param!r} is not the name of a config key", function, f"@{self.name}(Model, 'model')"
            )

    def config_needs(self) -> ConfigNeeds:
        """Its config key."""
        return ConfigNeeds(required=(self.config_param,))

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """Impossible without the config.

        Raises:
            ModifierError: Always.
        """
        raise self.error(
            f"needs the config key {self.config_param!r}", defined, f"give {self.config_param} in the config"
        )

    def apply_with(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any]) -> list[Node]:
        """The nodes, computed by the object that this config makes."""
        made = []
        for node in nodes:
            transform = self._made(config[self.config_param], node, defined)
            names = tuple(transform.get_dependents())
            arguments = tuple(dependency_on(name, node.type, name) for name in names)
            made.append(node.with_(function=_Called(self._compute(transform), names), arguments=arguments, keywords=()))
        return made

    def _made(self, parameters: Any, node: Node, defined: DefinedFunction) -> Any:
        try:
            transform = self.transform_class(parameters, node.name, **self.extra)
        except Exception as error:
            shown = getattr(self.transform_class, "__name__", repr(self.transform_class))
            raise self.error(
                f"{shown} cannot be made from the config key {self.config_param!r}: {type(error).__name__}: {error}",
                defined,
                f"{shown}(config[{self.config_param!r}], {node.name!r}) must work",
            ) from error
        if not callable(getattr(transform, "get_dependents", None)):
            raise self.error(
                f"{type(transform).__name__} has no get_dependents()",
                defined,
                f"it returns the names that {self._called[0]}() takes",
            )
        if not any(callable(getattr(transform, name, None)) for name in self._called):
            raise self.error(
                f"{type(transform).__name__} has no {self._called[0]}()",
                defined,
                f"{self._called[0]}() takes what get_dependents() names, and returns the feature",
            )
        return transform

    def _compute(self, transform: Any) -> Callable[..., Any]:
        found = (getattr(transform, name, None) for name in reversed(self._called))
        compute: Callable[..., Any] = next(one for one in found if callable(one))
        return compute


class model(dynamic_transform):  # noqa: N801 - the name users know
    """As :class:`dynamic_transform`, for an object that answers ``predict``, as models do, or ``compute``.

    Args:
        model_class: Is called with the value of the config key and the feature's name.
        config_param: The config key.
        extra_model_params: Further keyword arguments of the class.

    Example:
        >>> class Constant:
        ...     def __init__(self, level, name):
        ...         self.level = level
        ...     def get_dependents(self):
        ...         return []
        ...     def predict(self):
        ...         return self.level
        >>> @model(Constant, "level")
        ... def forecast() -> float:
        ...     '''What comes.'''
    """

    _called: ClassVar[tuple[str, ...]] = ("predict", "compute")

    def __init__(self, model_class: Callable[..., Any], config_param: str, **extra_model_params: Any) -> None:
        super().__init__(model_class, config_param, **extra_model_params)
