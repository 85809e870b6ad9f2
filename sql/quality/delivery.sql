-- grain: one row a check: how much of what was delivered for the period was set aside or came twice, by table
-- inputs: meta.file, meta.row_fate, temp.work_file
-- parameters: $start_on, $before
-- known limits: files of no month (reference tables, files placed by a mapping) count in every period;
--   examples are file names, the lines are in the quarantine folder
with delivered as (
    select
        case when w.file_id is null and f.table_name not in (
            'setl_d', 'outmed_setl_d', 'fee_list_d', 'setl_list_diag_d', 'setl_list_oprn_d', 'drg_grp_d', 'purc_d', 'sel_d', 'inv_chg_d',
            'inv_count_d', 'pre_alert_d', 'mdtrt_d'
        ) then 'reference' when f.table_name in ('purc_d', 'sel_d', 'inv_chg_d', 'inv_count_d') then 'inventory'
        when f.table_name in ('pre_alert_d', 'mdtrt_d') then 'visit' else f.table_name end as part,
        f.file, f.rows_read, r.loaded, r.quarantined, r.superseded
    from meta.file as f
    inner join meta.row_fate as r on f.file_id = r.file_id
    left join temp.work_file as w on f.file_id = w.file_id
    where w.file_id is null or (w.month_start >= $start_on and w.month_start < $before)
)

select
    cast(null as varchar) as fixmedins_code,
    'quarantine_' || part as check_id,
    cast(sum(rows_read) as bigint) as checked,
    cast(sum(quarantined) as bigint) as violations,
    min(case when quarantined > 0 then file end) as lowest,
    max(case when quarantined > 0 then file end) as highest
from delivered
group by part
union all
select
    cast(null as varchar) as fixmedins_code,
    'duplicate_' || part as check_id,
    cast(sum(rows_read) as bigint) as checked,
    cast(sum(superseded) as bigint) as violations,
    min(case when superseded > 0 then file end) as lowest,
    max(case when superseded > 0 then file end) as highest
from delivered
where part not in ('reference', 'inventory', 'visit')
group by part
