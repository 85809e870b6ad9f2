-- Issued candidates in their latest version, and whether they still hold their money.
-- grain: candidate_id
-- inputs: money.issued_row, money.standing
-- parameters: none
-- limits: an item's candidate (no setl_id) holds money of the item's lines (money.hold)
select
    i.candidate_id, i.setl_id, i.bkkp_sn, i.fund_amount, i.issued_in, i.held_since, i.held_confidence, i.as_of, i.recovered_until,
    i.status <> 'withdrawn' and coalesce(s.outcome, '') <> 'overturned' as held
from money.issued_row as i
left join money.standing as s on i.candidate_id = s.candidate_id
