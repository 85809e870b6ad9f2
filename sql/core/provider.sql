-- Every provider of the register or seen in a settlement.
-- grain: fixmedins_code
-- inputs: cur.medins_info_b, core.settlement
-- parameters: none
-- limits: outside = seen only in settlements of the area's own insured elsewhere; without a register row, name and level are the
--         largest seen
with seen as (
    select
        fixmedins_code,
        max(fixmedins_name) as fixmedins_name,
        max(hosp_lv) as hosp_lv,
        min(source) = 'outmed_setl_d' as outside,
        cast(min(setl_time) as date) as active_from,
        cast(max(setl_time) as date) as active_to
    from core.settlement
    group by fixmedins_code
)

select
    coalesce(i.fixmedins_code, s.fixmedins_code) as fixmedins_code,
    coalesce(i.fixmedins_name, s.fixmedins_name) as fixmedins_name,
    i.fixmedins_type,
    coalesce(i.hosp_lv, s.hosp_lv) as hosp_lv,
    i.biznat, i.spec_type, i.admdvs, i.bed_cnt, i.opened_on, s.active_from, s.active_to,
    coalesce(s.outside, false) and i.fixmedins_code is null as outside
from cur.medins_info_b as i
full outer join seen as s on i.fixmedins_code = s.fixmedins_code
