"""Fund watch (基金预警): what the funds paid against budget, season, earlier years and their own books; a forecast."""

from models.fund.watch import fund_watch

__all__ = ["fund_watch"]
