-- grain: one row a (file, quarter its rows speak of); a file whose rows have no settlement yet speaks of none
-- inputs: raw.* of monthly tables, cur.setl_d, cur.outmed_setl_d
-- parameters: none
-- limits: stock documents and alerts count by their own time; a refund also speaks of its original's quarter
with settled as (
    select setl_id, setl_time, init_setl_id from cur.setl_d
    union all
    select setl_id, setl_time, init_setl_id from cur.outmed_setl_d
),

by_settlement as (
    select file_id, setl_id from raw.fee_list_d
    union
    select file_id, setl_id from raw.setl_list_diag_d
    union
    select file_id, setl_id from raw.setl_list_oprn_d
    union
    select file_id, setl_id from raw.drg_grp_d
    union
    select file_id, init_setl_id as setl_id from raw.setl_d
    union
    select file_id, init_setl_id as setl_id from raw.outmed_setl_d
),

dated as (
    select file_id, setl_time as moment from raw.setl_d
    union all
    select file_id, setl_time as moment from raw.outmed_setl_d
    union all
    select by_settlement.file_id, settled.setl_time as moment
    from by_settlement
    inner join settled on by_settlement.setl_id = settled.setl_id
    union all
    select raw.mdtrt_d.file_id, setl.setl_time as moment
    from raw.mdtrt_d
    inner join raw.setl_d as setl on raw.mdtrt_d.mdtrt_id = setl.mdtrt_id
    union all
    select file_id, ocur_time as moment from raw.purc_d
    union all
    select file_id, ocur_time as moment from raw.sel_d
    union all
    select file_id, ocur_time as moment from raw.inv_chg_d
    union all
    select file_id, ocur_time as moment from raw.inv_count_d
    union all
    select file_id, alert_time as moment from raw.pre_alert_d
)

select
    file_id,
    cast(year(moment) as varchar) || 'Q' || cast(quarter(moment) as varchar) as period
from dated
group by file_id, cast(year(moment) as varchar) || 'Q' || cast(quarter(moment) as varchar)
