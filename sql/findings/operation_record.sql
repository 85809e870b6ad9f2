-- Operations that are no code of the procedure classification, lie outside their stay, or lack one main operation.
-- grain: one rule and settlement
-- inputs: core.operation, core.code (codes as they were sent), core.settlement, core.stay, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $usual_percent, $merged_med_types (med_type that takes in what was done before
--   admission: emergency turned stay, day surgery), $merged_days before it
-- known limits: form only, no list of valid codes; where fewer than $usual_percent of all codes have the form, or of all lists
--   one main operation, that is not judged; operations of outpatients have no stay to lie in
with judged as (
    select
        o.setl_id,
        c.code as oprn_oprt_code,
        o.oprn_oprt_date,
        o.is_main,
        not regexp_matches(c.code, '^[0-9]{2}') as wrong_form,
        coalesce(
            o.oprn_oprt_date > t.enddate
            or date_diff('day', o.oprn_oprt_date, t.begndate)
            > case when regexp_matches(s.med_type, $merged_med_types) then $merged_days else 0 end,
            false
        ) as wrong_date
    from core.operation as o
    inner join core.code as c on o.code_no = c.code_no
    inner join core.settlement as s on o.setl_id = s.setl_id
    left join core.stay as t on s.mdtrt_id = t.mdtrt_id
    where s.refund_state <> 'full'
),

form as (
    select 100 * sum(case when wrong_form then 0 else 1 end) >= $usual_percent * count(*) as is_usual
    from judged
),

listed as (
    select
        setl_id,
        count(distinct case when is_main then oprn_oprt_code end) as mains,
        min(case when wrong_form then oprn_oprt_code end) as odd_code,
        min(case when wrong_date then oprn_oprt_code end) as late_code,
        min(case when wrong_date then oprn_oprt_date end) as late_date
    from judged
    group by setl_id
),

met as (
    select
        l.*,
        100 * sum(case when l.mains = 1 then 1 else 0 end) over () >= $usual_percent * count(*) over () as mains_are_usual,
        f.is_usual as form_is_usual
    from listed as l
    cross join form as f
),

said as (
    select
        m.*,
        s.quarter,
        s.fixmedins_code,
        s.net_medfee_sumamt,
        case
            when m.late_code is not null then concat('手术', m.late_code, '日期', cast(m.late_date as varchar), '不在住院期间')
            when m.odd_code is not null and m.form_is_usual then concat('手术编码“', m.odd_code, '”不合手术操作编码格式')
            when m.mains <> 1 and m.mains_are_usual then concat('有手术而主要手术为', cast(m.mains as varchar), '个')
        end as what
    from met as m
    inner join core.settlement as s on m.setl_id = s.setl_id
    where s.quarter between $period_from and $period_to
)

select
    r.rule_id,
    s.quarter as period,
    s.fixmedins_code,
    s.setl_id,
    cast(null as varchar) as bkkp_sn,
    coalesce(s.late_code, s.odd_code) as item_code,
    s.net_medfee_sumamt as gross_amount,
    'none' as claim_kind,
    to_json({
        'late_code': coalesce(s.late_code, ''),
        'late_date': coalesce(cast(s.late_date as varchar), ''),
        'mains': s.mains,
        'odd_code': coalesce(s.odd_code, '')
    }) as evidence,
    concat(s.what, '，与“', r.rule_name, '”的情形相符') as reason
from said as s
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and s.what is not null
