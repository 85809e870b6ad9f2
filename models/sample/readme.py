"""The text that explains the truth to whoever finds it."""


def truth_readme() -> str:
    """README.md of the truth folder."""
    return """# The truth of a sample world

Everything here is invented, and so are the people. The folder is no delivery: ingestion ignores `truth/`.
Amounts are yuan, DECIMAL(16,2).

| file | one row | columns |
|---|---|---|
| `lines.parquet` | a rule and a planted fee line | scheme (`whole`, `price`, `frequency`: how the amount follows), rule_id, setl_id, bkkp_sn, gross_amount, fund_amount and acct_amount (the violating part of the line's share of the settlement's net payment, fund payers and accounts apart), claimable, claim_amount, bundled (DRG/DIP-paid), refunded_in_part |
| `settlements.parquet` | a planted settlement | scheme, setl_id, psn_no, fixmedins_code, amount |
| `providers.parquet` | a provider with a part in a scheme, or an innocent look-alike (`lookalike_…`) | scheme, fixmedins_code, expected |
| `persons.parquet` | a person of a behaviour scheme, or a look-alike | scheme, psn_no, expected, month |
| `groups.parquet` | a member of a gang (`gathering`) or of a family that goes together (`family`) | scheme, group_id, psn_no, fixmedins_code, dates |
| `inventory.parquet` | a pharmacy, drug and month with claimed but never bought quantities | scheme, rule_id, fixmedins_code, item_code, month, claimed_cnt, missing_cnt, opening_cnt, purchased_cnt |
| `identities.parquet` | a person's number, name and certificate | psn_no, psn_name, certno: none may be found behind ingestion |
| `bad_rows.parquet` | a line that cannot be loaded (messy worlds only) | file, line, reason |

Planted lines are *all* violations of the world's knowledge points and of rule R42: a line that is not listed is payable.
Where two rules hit one line both are listed and `claimable = 1` marks the one that claims; the other is named beside it. One planted
line has been returned already (`recovered_d`): it is listed with `claimable = 0`.

`settlements.parquet`: `upcoding` — amount is the payment standard billed less the one the case had, never more than was paid;
`R54`, `R55`, `R39` — a diagnosis or operation of the wrong sex or age; `split` — the later stay of a split one; `overlap_stay`,
`outpatient_in_stay`, `after_death` — amount is the fund's net payment of that settlement, which is at issue, not proven lost.
"""
