"""The payers of a settlement, who stay apart."""

import json
from decimal import Decimal

FUND_PAYERS = ("hifp", "cvlserv", "hifes", "hifmi", "hifob", "hifdm", "maf", "oth")
ACCOUNTS = ("acct", "acct_mulaid")
PAYERS = (*FUND_PAYERS, *ACCOUNTS)


def empty_split() -> str:
    """The split by payer of a row that claims nothing, as `fund_split` writes it."""
    return "{" + ",".join(f'"{payer}":"0.00"' for payer in sorted(PAYERS)) + "}"


def split_in_fen(fund_split: str) -> dict[str, int]:
    """Whole fen by payer of a `fund_split`; payers without an amount are left out. Unknown payers raise ValueError."""
    amounts = {payer: Decimal(value) for payer, value in json.loads(fund_split).items()}
    unknown = amounts.keys() - set(PAYERS)
    if unknown:
        raise ValueError(f"fund_split names unknown payers {sorted(unknown)}")
    return {payer: int(amount * 100) for payer, amount in amounts.items() if amount}
