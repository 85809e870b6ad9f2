-- What the rules leave unremarked, and the public lot of every settlement: SHA-256 of "seed|setl_id".
-- grain: setl_id of settlements of [$first, $until) that a fund paid something for; fen = what the funds paid net
-- inputs: core.settlement, core.provider, score.review_found
-- parameters: $first, $until, $seed
-- limits: what was refunded whole or not paid by a fund is no part of it; the level of a provider without one is '-'
select
    s.setl_id, s.mdtrt_id, s.fixmedins_code, s.month,
    case when s.is_inpatient then 'inpatient' else 'outpatient' end as kind,
    coalesce(p.fixmedins_type, '-') || '.' || coalesce(p.hosp_lv, '-') as level,
    cast(s.paid * 100 as bigint) as fen,
    f.setl_id is null as passed,
    sha256(cast($seed as varchar) || '|' || s.setl_id) as lot
from core.settlement as s
left join core.provider as p on s.fixmedins_code = p.fixmedins_code
left join score.review_found as f on s.setl_id = f.setl_id
where s.month >= $first and s.month < $until and s.refund_state <> 'full' and s.paid > 0
