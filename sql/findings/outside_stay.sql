-- Lines of an inpatient visit dated before its first or after its last day.
-- grain: one rule and fee line
-- inputs: core.fee_line, core.settlement, core.stay, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $days_before, $days_after (days allowed outside the stay), $merged_med_types
--   (med_type whose charges before admission belong to the stay: emergency turned stay, day surgery), $merged_days before it
-- known limits: the stay is the span of all settlements of the visit; pre-admission tests that the area allows need days_before
select
    r.rule_id,
    s.quarter as period,
    s.fixmedins_code,
    l.setl_id,
    l.bkkp_sn,
    l.item_code,
    coalesce(l.item_name, l.item_code) as item_name,
    l.cnt,
    l.pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    l.det_item_fee_sumamt as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'line' as claim_kind,
    to_json({
        'begndate': cast(t.begndate as varchar),
        'days_after': cast($days_after as integer),
        'days_before': cast(
            case when regexp_matches(s.med_type, $merged_med_types) then greatest($days_before, $merged_days) else $days_before end
            as integer
        ),
        'enddate': cast(t.enddate as varchar),
        'service_date': cast(l.service_date as varchar)
    }) as evidence,
    concat(
        '“', coalesce(l.item_name, l.item_code), '”计费日期', cast(l.service_date as varchar), '不在住院期间',
        cast(t.begndate as varchar), '至', cast(t.enddate as varchar), '内，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from core.fee_line as l
inner join core.settlement as s on l.setl_id = s.setl_id
inner join core.stay as t on s.mdtrt_id = t.mdtrt_id
cross join finding.rule as r
where
    list_contains($rule_ids, r.rule_id)
    and s.is_inpatient
    and l.state = 'settled'
    and l.cnt > 0
    and l.det_item_fee_sumamt > 0
    and s.refund_state <> 'full'
    and s.quarter between $period_from and $period_to
    and (
        date_diff('day', l.service_date, t.begndate)
        > case when regexp_matches(s.med_type, $merged_med_types) then greatest($days_before, $merged_days) else $days_before end
        or date_diff('day', t.enddate, l.service_date) > $days_after
    )
