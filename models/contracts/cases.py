"""Cases that no rule finds and that become claims only once a decision upholds them: their codes, names and ids."""

import hashlib

import polars as pl

SECOND_REVIEW, UPCODING, GATHERING = "S90", "S91", "S92"
#: what each stands for in a clawback row; the list that names the cases
CASES = {
    SECOND_REVIEW: ("复审查实", "review_sample"),
    UPCODING: ("高编高套", "upcoding_case"),
    GATHERING: ("就医聚集", "gathering_case"),
}


def case_ids(rule_id: str, setl_ids: pl.Series) -> pl.Series:
    """`candidate_id` of the settlements' cases: SHA-256 of "rule_id|setl_id|", as of any candidate at case level."""
    ids = [hashlib.sha256(f"{rule_id}|{setl_id}|".encode()).hexdigest() for setl_id in setl_ids]
    return pl.Series("candidate_id", ids, dtype=pl.String)
