-- Every finding with the id of its candidate: SHA-256 of "rule_id|setl_id|bkkp_sn", the last part empty at case level; of
-- "rule_id|fixmedins_code|item_code|period" where it is about a provider's item in a quarter; and every case that a decision upholds.
-- grain: one finding and the line or case that its money can come from (an item's finding has many); a decided case
-- inputs: finding.finding, money.item_line, money.decided_case
-- parameters: none
-- limits: level is line, case or item; an item's finding that claims nothing has one row without a settlement; a decided case
--         (claim_kind fund) asks for fund money itself: its part is the upheld amount of what the funds paid
select
    sha256(rule_id || '|' || setl_id || '|' || coalesce(bkkp_sn, '')) as candidate_id,
    case when bkkp_sn is null then 'case' else 'line' end as level,
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, allowed, excess, gross_amount,
    part_num, part_den, claim_kind, evidence, reason, basis_id
from finding.finding
where setl_id is not null
union all
select
    sha256(f.rule_id || '|' || f.fixmedins_code || '|' || f.item_code || '|' || f.period) as candidate_id,
    'item' as level,
    f.rule_id, f.period, f.fixmedins_code, l.setl_id, l.bkkp_sn, f.item_code, f.item_name, f.cnt, f.pric, f.allowed, f.excess,
    f.gross_amount, f.part_num, f.part_den, f.claim_kind, f.evidence, f.reason, f.basis_id
from finding.finding as f
left join money.item_line as l
    on
        f.claim_kind <> 'none'
        and sha256(f.rule_id || '|' || f.fixmedins_code || '|' || f.item_code || '|' || f.period) = l.candidate_id
where f.setl_id is null and f.item_code is not null and (f.claim_kind = 'none' or l.bkkp_sn is not null)
union all
select
    candidate_id,
    'case' as level,
    rule_id, period, fixmedins_code, setl_id, null as bkkp_sn, null as item_code, null as item_name, null as cnt, null as pric,
    null as allowed, null as excess, upheld as gross_amount, upheld as part_num, paid as part_den,
    'fund' as claim_kind,
    evidence, reason, null as basis_id
from money.decided_case
