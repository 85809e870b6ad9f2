-- grain: one provider and way of coming together (outpatient, pharmacy, admission, discharge); unit = a dense number from 0
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive), pharmacy (list of med_type)
-- known limits: the numbers hold for one window only; what is neither inpatient nor pharmacy counts as outpatient
with seen as (
    select distinct
        fixmedins_code,
        is_inpatient,
        list_contains($pharmacy, med_type) as bought
    from core.settlement
    where
        setl_time >= cast($start as date)
        and setl_time < cast($until as date)
),

ways as (
    select
        fixmedins_code,
        case when bought then 'pharmacy' else 'outpatient' end as way
    from seen
    where not is_inpatient
    union
    select
        fixmedins_code,
        'admission' as way
    from seen
    where is_inpatient
    union
    select
        fixmedins_code,
        'discharge' as way
    from seen
    where is_inpatient
)

select
    fixmedins_code,
    way,
    row_number() over (order by fixmedins_code, way) - 1 as unit
from ways
