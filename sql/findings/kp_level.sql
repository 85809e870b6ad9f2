-- Subjects payable only at providers of a level (code) up to a limit, met below it.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_level, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: national codes, 01 the highest level and 11 without level, compare as two-character text;
--   a provider whose level is unknown gives no finding; the level is that of the settlement, so a later change does not reach back
with met as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.hosp_lv_max,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
        row_number() over (
            partition by k.rule_id, o.setl_id, o.bkkp_sn
            order by k.subject_code, o.item_code, o.service_date, k.valid_from, k.hosp_lv_max
        ) as place
    from finding.restricted as o
    inner join finding.kp_level as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where
        list_contains($rule_ids, k.rule_id)
        and o.period between $period_from and $period_to
        and o.hosp_lv between '01' and '11'
        and length(o.hosp_lv) = 2
        and o.hosp_lv > k.hosp_lv_max
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
    to_json({
        'hosp_lv': hosp_lv,
        'hosp_lv_max': hosp_lv_max,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”限等级代码', hosp_lv_max, '及以上级别机构，本机构等级代码', hosp_lv, '，与“', rule_name, '”的情形相符'
    ) as reason
from met
where place = 1
