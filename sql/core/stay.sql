-- Inpatient stays: interim and supplementary settlements of one visit are one stay.
-- grain: mdtrt_id
-- inputs: core.settlement
-- parameters: none
-- limits: settlements refunded whole do not count; person and provider are those of the first settlement; the way of discharge, the
--   method of payment, the interim flag and the group are those of the latest settlement with one: supplementary ones leave them empty
with placed as (
    select
        mdtrt_id, setl_id, psn_id, fixmedins_code, begndate, enddate, setl_time, mid_setl_flag, net_fund, dscg_way, hi_paymtd, grp_code,
        row_number() over (partition by mdtrt_id order by setl_time, setl_id) as place,
        row_number() over (partition by mdtrt_id order by setl_time desc, setl_id desc) as place_from_end
    from core.settlement
    where is_inpatient and refund_state <> 'full'
),

said as (
    select
        mdtrt_id,
        min(case when dscg_way is not null then place_from_end end) as dscg_way_place,
        min(case when hi_paymtd is not null then place_from_end end) as hi_paymtd_place,
        min(case when mid_setl_flag is not null then place_from_end end) as mid_setl_flag_place,
        min(case when grp_code is not null then place_from_end end) as grp_code_place
    from placed
    group by mdtrt_id
)

select
    p.mdtrt_id,
    max(case when place = 1 then psn_id end) as psn_id,
    max(case when place = 1 then fixmedins_code end) as fixmedins_code,
    min(begndate) as begndate,
    max(enddate) as enddate,
    cast(count(*) as integer) as settlements,
    max(case when place = 1 then setl_id end) as first_setl_id,
    max(case when place_from_end = 1 then setl_id end) as last_setl_id,
    max(setl_time) as last_setl_time,
    bool_or(coalesce(mid_setl_flag = '1', false)) as interim,
    max(case when place_from_end = d.dscg_way_place then dscg_way end) as dscg_way,
    max(case when place_from_end = d.hi_paymtd_place then hi_paymtd end) as hi_paymtd,
    max(case when place_from_end = d.mid_setl_flag_place then mid_setl_flag end) as mid_setl_flag,
    max(case when place_from_end = d.grp_code_place then setl_id end) as grouped_setl_id,
    cast(sum(net_fund) as decimal(16, 2)) as net_fund
from placed as p
inner join said as d on p.mdtrt_id = d.mdtrt_id
group by p.mdtrt_id
