-- Every finding with the id of its candidate: SHA-256 of "rule_id|setl_id|bkkp_sn", the last part empty at case level.
-- grain: one finding that belongs to a settlement
-- inputs: finding.finding
-- parameters: none
-- limits: provider-level findings (no setl_id) are shown beside the provider's total and claim nothing here
select
    sha256(rule_id || '|' || setl_id || '|' || coalesce(bkkp_sn, '')) as candidate_id,
    rule_id, period, setl_id, bkkp_sn, item_code, item_name, cnt, pric, allowed, excess, gross_amount, part_num, part_den,
    claim_kind, evidence, reason, basis_id
from finding.finding
where setl_id is not null
