-- Lines that findings and issued candidates about a provider's item in a quarter speak of (purchases and sales, 进销存).
-- grain: candidate_id, setl_id, bkkp_sn
-- inputs: finding.finding, money.issued_row, core.fee_line
-- parameters: none
-- limits: candidate_id is the SHA-256 of "rule_id|fixmedins_code|item_code|period"; the period is the quarter of the settlements.
--         Findings that claim nothing have no lines here; refunded and unsettled lines hold no money
with found as (
    select
        sha256(rule_id || '|' || fixmedins_code || '|' || item_code || '|' || period) as candidate_id,
        fixmedins_code, item_code, period
    from finding.finding
    where setl_id is null and item_code is not null and claim_kind <> 'none'
    union
    select candidate_id, fixmedins_code, item_code, issued_in as period
    from money.issued_row
    where setl_id is null
)

select f.candidate_id, l.setl_id, l.bkkp_sn
from found as f
inner join core.fee_line as l on f.fixmedins_code = l.fixmedins_code and f.item_code = l.item_code and f.period = l.quarter
where l.state = 'settled' and not l.refunded
