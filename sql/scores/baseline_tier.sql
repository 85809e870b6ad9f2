-- grain: one provider: share of its tiered DRG cases billed as MCC or CC, the baseline for upcoding
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive)
-- known limits: no case mix, no peers; it is meant to be naive
select
    fixmedins_code,
    cast(sum(case when substr(grp_code, 4, 1) in ('1', '3') then 1 else 0 end) as double) / count(*) as tier_share
from core.settlement
where
    grp_type = 'DRG'
    and length(grp_code) = 4
    and substr(grp_code, 4, 1) in ('1', '3', '5')
    and setl_time >= cast($start as date)
    and setl_time < cast($until as date)
group by fixmedins_code
order by fixmedins_code
