"""Price files or a live provider -> prices and returns; a moment -> the first session that can answer it."""

from analystkit.market.live import fetch_prices
from analystkit.market.prices import load_prices
from analystkit.market.returns import basket, check_prices, parity, returns_from
from analystkit.market.sessions import candidate_sessions, first_session, session_closes, time_zone

__all__ = [
    "basket",
    "candidate_sessions",
    "check_prices",
    "fetch_prices",
    "first_session",
    "load_prices",
    "parity",
    "returns_from",
    "session_closes",
    "time_zone",
]
