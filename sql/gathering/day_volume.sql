-- grain: one day of one provider and way of coming together (outpatient, pharmacy, admission, discharge)
-- inputs: core.settlement, core.provider
-- parameters: start, until (dates, until exclusive), providers (list of fixmedins_code), pharmacy_med_types, chronic_med_types
--             (lists of med_type)
-- known limits: people count once a day, provider and way; scheduled visits are counted too
with kept as (
    select
        s.psn_id,
        s.fixmedins_code,
        s.is_inpatient,
        (regexp_matches(s.med_type, $pharmacy_med_types) or coalesce(i.fixmedins_type, '') = '2')
        and not regexp_matches(s.med_type, $chronic_med_types) as bought,
        coalesce(s.mid_setl_flag, '0') as interim,
        s.begndate,
        s.enddate,
        case when s.pay_loc = '1' then s.begndate else cast(s.setl_time as date) end as visited_on
    from core.settlement as s
    left join core.provider as i on s.fixmedins_code = i.fixmedins_code
    where
        list_contains($providers, s.fixmedins_code)
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
        and coalesce(s.refund_state, 'none') <> 'full'
),

came as (
    select
        psn_id,
        fixmedins_code,
        case when bought then 'pharmacy' else 'outpatient' end as way,
        visited_on as seen_on
    from kept
    where not is_inpatient
    union all
    select
        psn_id,
        fixmedins_code,
        'admission' as way,
        begndate as seen_on
    from kept
    where is_inpatient
    union all
    select
        psn_id,
        fixmedins_code,
        'discharge' as way,
        enddate as seen_on
    from kept
    where is_inpatient and interim <> '1'
)

select
    fixmedins_code,
    way,
    seen_on,
    count(distinct psn_id) as people
from came
group by fixmedins_code, way, seen_on
