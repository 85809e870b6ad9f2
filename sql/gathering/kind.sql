-- grain: one provider and med_type of visits that are no stays, and the way people come with it (outpatient, pharmacy)
-- inputs: core.settlement, core.provider
-- parameters: start, until (dates, until exclusive), pharmacy_med_types, chronic_med_types (lists of med_type)
-- known limits: what is neither inpatient nor pharmacy counts as outpatient; a pharmacy's sales under the chronic benefit are
--               outpatient; a visit without med_type has an empty one here
with came as (
    select
        fixmedins_code,
        med_type
    from core.settlement
    where
        not is_inpatient
        and setl_time >= cast($start as date)
        and setl_time < cast($until as date)
    group by fixmedins_code, med_type
)

select
    s.fixmedins_code,
    coalesce(s.med_type, '') as med_type,
    case
        when
            (regexp_matches(s.med_type, $pharmacy_med_types) or coalesce(i.fixmedins_type, '') = '2')
            and not regexp_matches(s.med_type, $chronic_med_types)
            then 'pharmacy'
        else 'outpatient'
    end as way
from came as s
left join core.provider as i on s.fixmedins_code = i.fixmedins_code
