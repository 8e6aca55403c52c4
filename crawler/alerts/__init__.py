"""What to say, to whom, when to hold back; the mail's templates."""

from crawler.alerts.compose import compose
from crawler.alerts.pages import Pages

__all__ = ["Pages", "compose"]
