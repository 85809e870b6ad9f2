-- grain: one row a provider with settlements in the period that medins_info_b knows; one flag a check
-- inputs: temp.work_settlement, cur.medins_info_b
-- parameters: $start_on, $before
-- known limits: none
with active as (
    select fixmedins_code
    from temp.work_settlement
    where setl_time >= $start_on and setl_time < $before
    group by fixmedins_code
),

delivered as (
    select count(hosp_lv) > 0 as has_level, count(fixmedins_type) > 0 as has_type, count(spec_type) > 0 as has_specialty
    from cur.medins_info_b
)

select
    p.fixmedins_code,
    p.fixmedins_code as example,
    case when d.has_level then case when p.hosp_lv is null then 1 else 0 end end as provider_level_filled,
    case when d.has_type then case when p.fixmedins_type is null then 1 else 0 end end as provider_type_filled,
    case when d.has_specialty and coalesce(p.fixmedins_type, '1') = '1' then case when p.spec_type is null then 1 else 0 end end
        as provider_specialty_filled
from cur.medins_info_b as p
inner join active as a on p.fixmedins_code = a.fixmedins_code
cross join delivered as d
