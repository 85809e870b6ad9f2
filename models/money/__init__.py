"""Money: shares of payments, claims that never count a yuan twice, the register of issued lists."""

from models.money.claims import claims
from models.money.status import supplement

__all__ = ["claims", "supplement"]
