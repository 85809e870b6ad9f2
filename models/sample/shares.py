"""The contract's arithmetic of a claim, done once more and slowly, for the truth.

Net payments, shares of lines, parts of shares.
"""

from models.sample.money import FUND_PAYERS

ACCOUNTS = ("acct_pay", "acct_mulaid_pay")


def largest_remainder(total: int, weights: list[int]) -> list[int]:
    """Spread whole fen over weights so that they sum up; ties go to the first."""
    whole = sum(weights)
    if whole <= 0 or total <= 0:
        return [0] * len(weights)
    parts = [total * w // whole for w in weights]
    rest = [(-(total * w % whole), i) for i, w in enumerate(weights)]
    for _, i in sorted(rest)[: total - sum(parts)]:
        parts[i] += 1
    return parts


def half_up(numerator: int, denominator: int) -> int:
    """Rounded half up; not for negative numbers."""
    return (2 * numerator + denominator) // (2 * denominator)


def paid(header: dict[str, int], refunds: list[dict[str, int]], grouped: bool) -> dict[str, int]:
    """Net payment per payer after refunds, capped by the payment standard where the case is paid by DRG or DIP."""
    net = {p: max(0, header[p] - sum(abs(r[p]) for r in refunds)) for p in (*FUND_PAYERS, *ACCOUNTS)}
    fund = sum(net[p] for p in FUND_PAYERS)
    if grouped:
        limit = max(0, min(fund, header["pay_std"] - header["psn_part_amt"]))
        scaled = largest_remainder(limit, [net[p] for p in FUND_PAYERS])
        net |= dict(zip(FUND_PAYERS, scaled, strict=True))
    return net


def shares(net: dict[str, int], lines: list[dict[str, int]]) -> dict[int, dict[str, int]]:
    """Share of each line (by lid) in each payer's net payment; lines carry net in-scope amounts."""
    ordered = sorted(lines, key=lambda x: x["lid"])
    weights = [max(0, x["inscp_scp_amt"]) for x in ordered]
    if not any(weights):
        weights = [max(0, x["det_item_fee_sumamt"]) for x in ordered]
    out: dict[int, dict[str, int]] = {x["lid"]: {} for x in ordered}
    for payer, amount in net.items():
        for line, part in zip(ordered, largest_remainder(amount, weights), strict=True):
            out[line["lid"]][payer] = part
    return out
