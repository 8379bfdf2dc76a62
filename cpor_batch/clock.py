"""The one clock: nothing else asks for the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """Return today's date in the workspace's time zone."""
    return now().astimezone(zone).date()
