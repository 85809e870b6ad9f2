-- What is known of every provider, for the heads of its pages.
-- grain: fixmedins_code
-- inputs: core.provider
-- parameters: none
-- known limits: none
select
    fixmedins_code,
    fixmedins_name,
    fixmedins_type,
    hosp_lv,
    biznat,
    spec_type,
    admdvs,
    bed_cnt
from core.provider
order by fixmedins_code
