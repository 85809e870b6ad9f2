-- Inpatient stays: interim and supplementary settlements of one visit are one stay.
-- grain: mdtrt_id
-- inputs: core.settlement
-- parameters: none
-- limits: settlements refunded whole do not count; person and provider are those of the first settlement
with placed as (
    select
        mdtrt_id, setl_id, psn_id, fixmedins_code, begndate, enddate, setl_time, mid_setl_flag, net_fund,
        row_number() over (partition by mdtrt_id order by setl_time, setl_id) as place,
        row_number() over (partition by mdtrt_id order by setl_time desc, setl_id desc) as place_from_end
    from core.settlement
    where is_inpatient and refund_state <> 'full'
)

select
    mdtrt_id,
    max(case when place = 1 then psn_id end) as psn_id,
    max(case when place = 1 then fixmedins_code end) as fixmedins_code,
    min(begndate) as begndate,
    max(enddate) as enddate,
    cast(count(*) as integer) as settlements,
    max(case when place = 1 then setl_id end) as first_setl_id,
    max(case when place_from_end = 1 then setl_id end) as last_setl_id,
    max(setl_time) as last_setl_time,
    bool_or(coalesce(mid_setl_flag = '1', false)) as interim,
    cast(sum(net_fund) as decimal(16, 2)) as net_fund
from placed
group by mdtrt_id
