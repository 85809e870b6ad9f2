-- grain: one provider with its peer group (level class, type, specialty) and the wider group (type) used for description only
-- inputs: core.provider
-- parameters: none
-- known limits: an unknown level or specialty is a class of its own, so that nobody is compared on a guess
with classed as (
    select
        fixmedins_code,
        fixmedins_name,
        case
            when hosp_lv in ('01', '02', '03', '04') then '三级'
            when hosp_lv in ('05', '06', '07') then '二级'
            when hosp_lv in ('08', '09', '10') then '一级'
            when hosp_lv = '11' then '无等级'
            else '等级不详'
        end as level_class,
        case fixmedins_type when '1' then '医疗机构' when '2' then '药店' else '机构' end as kind,
        case when coalesce(spec_type, '') in ('', 'general') then '综合' else spec_type end as specialty
    from core.provider
)

select
    fixmedins_code,
    fixmedins_name,
    concat(level_class, kind, '·', specialty) as peer_group,
    kind as wide_group
from classed
