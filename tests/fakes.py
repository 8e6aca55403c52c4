"""Stand-ins with the real signatures, for tests that are about something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.model import Alert


class FakeOutbox:
    """``crawler.delivery.Outbox`` in memory; ``log`` has every call that changed it, in order."""

    def __init__(self, *alerts: Alert) -> None:
        self.alerts = {alert.id: alert for alert in alerts}
        self.due = {alert.id: alert.planned_at for alert in alerts}
        self.states = dict.fromkeys(self.alerts, "waiting")
        self.errors: dict[int, str] = {}
        self.left: dict[str, str] = {}
        self.broken: set[int] = set()
        """Ids of rows that cannot be read."""
        self.log: list[tuple[str, int]] = []

    def due_alerts(self, now: datetime, limit: int) -> list[int]:
        """Waiting and due, the oldest first."""
        due = [number for number, state in self.states.items() if state == "waiting" and self.due[number] <= now]
        return sorted(due, key=lambda number: (self.due[number], number))[:limit]

    def load_alert(self, alert_id: int) -> Alert:
        """The alert, unless its row is broken."""
        if alert_id in self.broken:
            raise ValueError("evidence is not JSON")
        return self.alerts[alert_id]

    def begin_attempt(self, alert_id: int, message: bytes, now: datetime) -> None:
        """Keep the bytes, count the attempt."""
        assert now.tzinfo is not None
        self.log.append(("begin", alert_id))
        alert = self.alerts[alert_id]
        self.alerts[alert_id] = replace(alert, attempts=alert.attempts + 1, message=message)

    def mark_sent(self, alert_id: int, now: datetime) -> None:
        """It was taken."""
        assert now.tzinfo is not None
        self._end(alert_id, "sent")

    def leave(self, recipient: str, reason: str, now: datetime) -> None:
        """The recipient wants nothing more."""
        assert now.tzinfo is not None
        self.left[recipient] = reason

    def mark_waiting(self, alert_id: int, *, error: str, next_attempt: datetime) -> None:
        """Not now."""
        self.log.append(("waiting", alert_id))
        self.errors[alert_id] = error
        self.due[alert_id] = next_attempt

    def mark_failed(self, alert_id: int, *, error: str, now: datetime) -> None:
        """Never."""
        assert now.tzinfo is not None
        self.errors[alert_id] = error
        self._end(alert_id, "failed")

    def waiting_count(self) -> int:
        """How many wait."""
        return list(self.states.values()).count("waiting")

    def _end(self, alert_id: int, state: str) -> None:
        self.log.append((state, alert_id))
        self.states[alert_id] = state
