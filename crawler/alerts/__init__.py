"""What to say, to whom, when to hold back; the mail's templates."""

from crawler.alerts.compose import compose

__all__ = ["compose"]
