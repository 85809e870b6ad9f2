-- grain: one row a (file, quarter its rows speak of); a file whose rows have no settlement yet speaks of none
-- inputs: raw.* of monthly tables, meta.lost, core.refund_link (also by likeness, chains followed to their end)
-- parameters: none
-- limits: stock documents and alerts count by their own time. A file also speaks of the quarters of the originals that it refunds, of
--         what other files say of the same settlements and lines (a version here can take them out of the quarter there), and of
--         the visit's other settlements, for rules look at all diagnoses and charges of a visit
with settled as (
    select setl_id, mdtrt_id, setl_time from raw.setl_d
    union
    select setl_id, mdtrt_id, setl_time from raw.outmed_setl_d
),

header as (
    select file_id, setl_id, mdtrt_id, init_setl_id from raw.setl_d
    union all
    select file_id, setl_id, mdtrt_id, init_setl_id from raw.outmed_setl_d
),

-- lines of which there are several versions: few, so that no city's lines meet themselves
replaced as (
    select distinct line.bkkp_sn
    from raw.fee_list_d as line
    inner join meta.lost as lost
        on line.file_id = lost.file_id and line.line_no = lost.line_no and line.sub_no = lost.sub_no
    where lost.table_name = 'fee_list_d' and lost.fate = 'superseded'
),

several as (
    select line.file_id, line.bkkp_sn, line.setl_id
    from raw.fee_list_d as line
    inner join replaced on line.bkkp_sn = replaced.bkkp_sn
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
    select file_id, setl_id from header
    union
    select file_id, init_setl_id as setl_id from header
    union
    select header.file_id, back.setl_id
    from header
    inner join core.refund_link as back on header.setl_id = back.refund_id
    union
    select line.file_id, version.setl_id
    from several as line
    inner join several as version on line.bkkp_sn = version.bkkp_sn
    where line.file_id <> version.file_id
),

-- visits settled in several quarters: few, and in the others no settlement is in another quarter than its own
spread as (
    select mdtrt_id
    from settled
    group by mdtrt_id
    having date_trunc('quarter', min(setl_time)) <> date_trunc('quarter', max(setl_time))
),

of_spread as (
    select settled.setl_id, settled.mdtrt_id, settled.setl_time
    from settled
    inner join spread on settled.mdtrt_id = spread.mdtrt_id
),

by_visit as (
    select by_settlement.file_id, of_spread.mdtrt_id
    from by_settlement
    inner join of_spread on by_settlement.setl_id = of_spread.setl_id
    group by by_settlement.file_id, of_spread.mdtrt_id
),

dated as (
    select by_settlement.file_id, settled.setl_time as moment
    from by_settlement
    inner join settled on by_settlement.setl_id = settled.setl_id
    union
    select by_visit.file_id, of_spread.setl_time as moment
    from by_visit
    inner join of_spread on by_visit.mdtrt_id = of_spread.mdtrt_id
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
