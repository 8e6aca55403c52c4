"""Every error that Tidings raises on purpose.

::

    TidingsError
    ├── SettingsError        settings.toml or the environment says what cannot be done (all mistakes at once)
    ├── QueryError           a topic's query cannot be read (column and suggestion)
    ├── ExampleError         an example of a topic cannot be read
    ├── SourceError          a source's document cannot be read
    ├── StorageError         the database cannot be opened or written
    │   ├── DatabaseTooNewError  … because a newer Tidings wrote it
    │   ├── DatabaseDamagedError … because the file is not whole
    │   ├── DatabaseBusyError    … just now: another program is writing it
    │   └── AlreadyRunningError  … because another Tidings holds it
    ├── StoppedError         somebody ended a pass before it was done
    └── DeliveryError        an alert did not go out
        ├── TemporaryDeliveryError   … now: it waits and is tried again
        └── PermanentDeliveryError   … ever: it is kept, marked failed, and told
            └── RecipientGoneError       … and this recipient is sent nothing more

Each carries its subject (a key and line, a URL, a path, a recipient) and reads as a sentence for the person who
must act on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class TidingsError(Exception):
    """Base of every error that Tidings raises on purpose."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in the settings: where it stands, what stands there, what may stand there."""

    where: str
    """``settings.toml:12`` or the environment variable's name."""
    key: str
    """Dotted key, such as ``topics.0.query``; empty for a syntax error."""
    says: str
    """What is wrong, with what stands there and what may stand there."""

    def __str__(self) -> str:
        return f"{self.where}: {self.key}: {self.says}" if self.key else f"{self.where}: {self.says}"


class SettingsError(TidingsError):
    """The settings cannot be used; ``mistakes`` has every reason, in the file's order."""

    def __init__(self, mistakes: list[Mistake] | tuple[Mistake, ...]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class QueryError(TidingsError):
    """A query cannot be read. ``column`` counts characters from 1."""

    def __init__(self, query: str, column: int, says: str, suggestion: str = "") -> None:
        self.query = query
        self.column = column
        self.says = says = _shortened(says)
        self.suggestion = suggestion
        hint = f" ({suggestion})" if suggestion else ""
        super().__init__(f"column {column}: {says}{hint}")

    def pointer(self) -> str:
        """The line of the query that holds the mistake, with a caret under it; of a long line the part around it."""
        at = self.column - 1
        start = max(self.query.rfind("\n", 0, at) + 1, at - _AROUND)
        end = self.query.find("\n", start)
        line = self.query[start : min(end if end >= 0 else len(self.query), at + _AROUND)]
        return f"{line}\n{' ' * (at - start)}^"


_AROUND = 200
"""Characters on either side of a mistake that are shown."""


def _shortened(says: str) -> str:
    """A sentence that repeats a word of any length, at a length that can be read."""
    return says if len(says) <= 2 * _AROUND else f"{says[:_AROUND]} … {says[-_AROUND:]}"


class ExampleError(TidingsError):
    """An example that a topic names cannot be read."""

    def __init__(self, reference: str, says: str) -> None:
        self.reference = reference
        self.says = says
        super().__init__(f"the example {reference} {says}")


class SourceError(TidingsError):
    """A source's document cannot be read as what it should be."""

    def __init__(self, url: str, says: str) -> None:
        self.url = url
        self.says = says
        super().__init__(f"{url}: {says}")


class StorageError(TidingsError):
    """The database cannot be opened or written."""

    def __init__(self, path: Path | str, says: str) -> None:
        self.path = Path(path)
        self.says = says
        super().__init__(f"{path}: {says}")


class DatabaseTooNewError(StorageError):
    """A newer Tidings wrote this database; this one leaves it untouched."""


class DatabaseDamagedError(StorageError):
    """The file is no whole database: whoever writes on makes it worse. It is left as it is."""


class DatabaseBusyError(StorageError):
    """Another program is writing the database just now; in a moment it will be free."""


class AlreadyRunningError(StorageError):
    """Another Tidings holds this database."""


class StoppedError(TidingsError):
    """A pass was told to stop before it was done."""


class DeliveryError(TidingsError):
    """An alert did not go out; ``says`` is the channel's own reason."""

    def __init__(self, recipient: str, says: str) -> None:
        self.recipient = recipient
        self.says = says
        super().__init__(f"{recipient}: {says}")


class TemporaryDeliveryError(DeliveryError):
    """Not now: the alert waits and is tried again, after ``retry_after`` seconds where the other side asked for it."""

    def __init__(self, recipient: str, says: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(recipient, says)


class PermanentDeliveryError(DeliveryError):
    """Never as it is: the alert is kept, marked failed, and told."""


class RecipientGoneError(PermanentDeliveryError):
    """Never again: whoever is there wants nothing more, now or later."""
