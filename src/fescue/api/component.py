"""The root of everything that can be plugged into a run."""

from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import type_name_of

#: the keys that every component writes
_KEY_NAME = "name"
_KEY_CLASS = "class"


class Component:
    """A part of an algorithm or problem: it has a name and parameters and can be reset.

    A component belongs to one run at a time: runs in several threads need a component each.
    ``str(component)`` is its short name. It is used in file names and therefore must stay the
    same over the component's life and survive
    :func:`~fescue.utils.naming.sanitize_name` unchanged.
    """

    def initialize(self) -> None:
        """Reset all state before a run; draws no random numbers.

        A component that consists of others initializes these, too. A run starts with this
        call and behaves the same whatever the component was used for before.
        """

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and all parameters as key-value pairs.

        Args:
            logger: the section to write to; parts get a ``logger.scope`` of their own

        >>> from fescue.utils.logger import InMemoryLogger
        >>> with InMemoryLogger() as log:
        ...     with log.key_values("PART") as section:
        ...         Component().log_parameters_to(section)
        ...     print("|".join(log.get_log()))
        BEGIN_PART|name: Component|class: fescue.api.component.Component|END_PART
        """
        logger.key_value(_KEY_NAME, str(self))
        logger.key_value(_KEY_CLASS, type_name_of(self))

    def _must_override(self, method: str) -> NotImplementedError:
        """Return the exception for a method of a base class that a subclass has to provide."""
        return NotImplementedError(
            f"{type_name_of(self)} has no method {method}: override it in your class.")

    def __str__(self) -> str:
        """Return the short name: here that of the class."""
        return type(self).__name__

    def __repr__(self) -> str:
        """Return the same text as ``str``, so that lists of components read well."""
        return str(self)
