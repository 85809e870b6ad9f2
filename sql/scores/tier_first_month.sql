-- grain: one provider with inpatient settlements: the first month it was seen at all, and the first month of the data
-- inputs: core.settlement
-- parameters: none
-- known limits: who was there before the data began cannot be told from who began with them
select
    fixmedins_code,
    min(month) as first_month,
    min(min(month)) over () as data_begin
from core.settlement
where is_inpatient and source = 'setl_d'
group by fixmedins_code
order by fixmedins_code
