-- grain: one provider and way of coming together (outpatient, pharmacy, admission, discharge); unit = a dense number from 0
-- inputs: core.settlement, gathering_kind
-- parameters: start, until (dates, until exclusive)
-- known limits: the numbers hold for one window only
with stay as (
    select fixmedins_code
    from core.settlement
    where
        is_inpatient
        and setl_time >= cast($start as date)
        and setl_time < cast($until as date)
    group by fixmedins_code
),

ways as (
    select
        fixmedins_code,
        way
    from gathering_kind
    union
    select
        fixmedins_code,
        'admission' as way
    from stay
    union
    select
        fixmedins_code,
        'discharge' as way
    from stay
)

select
    fixmedins_code,
    way,
    row_number() over (order by fixmedins_code, way) - 1 as unit
from ways
