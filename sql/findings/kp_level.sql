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
),

-- the levels as the field says them
named as (
    select '01' as lv, '三级特等' as lv_name
    union all
    select '02' as lv, '三级甲等' as lv_name
    union all
    select '03' as lv, '三级乙等' as lv_name
    union all
    select '04' as lv, '三级丙等' as lv_name
    union all
    select '05' as lv, '二级甲等' as lv_name
    union all
    select '06' as lv, '二级乙等' as lv_name
    union all
    select '07' as lv, '二级丙等' as lv_name
    union all
    select '08' as lv, '一级甲等' as lv_name
    union all
    select '09' as lv, '一级乙等' as lv_name
    union all
    select '10' as lv, '一级丙等' as lv_name
    union all
    select '11' as lv, '无等级' as lv_name
)

select
    m.rule_id, m.period, m.fixmedins_code, m.setl_id, m.bkkp_sn, m.item_code, m.item_name, m.cnt, m.pric, m.gross_amount,
    m.claim_kind, m.basis_id,
    to_json({
        'hosp_lv': m.hosp_lv,
        'hosp_lv_max': m.hosp_lv_max,
        'service_date': cast(m.service_date as varchar),
        'subject_code': m.subject_code,
        'valid_from': cast(m.valid_from as varchar)
    }) as evidence,
    concat(
        '“', m.item_name, '”限', coalesce(lowest.lv_name, concat('等级代码', m.hosp_lv_max)), '及以上级别机构，本机构为', own.lv_name,
        '，与“', m.rule_name, '”的情形相符'
    ) as reason
from met as m
inner join named as own on m.hosp_lv = own.lv
left join named as lowest on m.hosp_lv_max = lowest.lv
where m.place = 1
