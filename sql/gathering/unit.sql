-- grain: one provider and way of coming together (outpatient, pharmacy, admission, discharge); unit = a dense number from 0
-- inputs: core.settlement, core.provider
-- parameters: start, until (dates, until exclusive), pharmacy_med_types, chronic_med_types (lists of med_type)
-- known limits: the numbers hold for one window only; what is neither inpatient nor pharmacy counts as outpatient;
--               a pharmacy's sales under the chronic benefit are outpatient
with came as (
    select
        fixmedins_code,
        is_inpatient,
        med_type
    from core.settlement
    where
        setl_time >= cast($start as date)
        and setl_time < cast($until as date)
    group by fixmedins_code, is_inpatient, med_type
),

seen as (
    select distinct
        s.fixmedins_code,
        s.is_inpatient,
        (regexp_matches(s.med_type, $pharmacy_med_types) or coalesce(i.fixmedins_type, '') = '2')
        and not regexp_matches(s.med_type, $chronic_med_types) as bought
    from came as s
    left join core.provider as i on s.fixmedins_code = i.fixmedins_code
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
