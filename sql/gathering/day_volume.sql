-- grain: one day of one provider and way of coming together (outpatient, pharmacy, admission, discharge)
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive), providers (list of fixmedins_code), pharmacy (list of med_type)
-- known limits: people count once a day, provider and way; scheduled visits are counted too
with kept as (
    select
        psn_id,
        fixmedins_code,
        is_inpatient,
        list_contains($pharmacy, med_type) as bought,
        coalesce(mid_setl_flag, '0') as interim,
        begndate,
        enddate,
        case when pay_loc = '1' then begndate else cast(setl_time as date) end as visited_on
    from core.settlement
    where
        list_contains($providers, fixmedins_code)
        and setl_time >= cast($start as date)
        and setl_time < cast($until as date)
        and coalesce(refund_state, 'none') <> 'full'
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
