-- grain: one row a month (YYYYMM) whose setl_d and fee_list_d are loaded
-- inputs: meta.file, raw.setl_d, raw.fee_list_d
-- parameters: none
-- limits: a month delivered in its own folder counts by the folder; files placed by mapping.yaml elsewhere count by
--   the months of their settlements, and for lines by the service month
with by_folder as (
    select folder as month, table_name
    from meta.file
    where table_name in ('setl_d', 'fee_list_d') and length(folder) = 6 and try_cast(folder as integer) is not null
    group by folder, table_name
),

elsewhere as (
    select file_id from meta.file where length(folder) <> 6 or try_cast(folder as integer) is null
),

by_rows as (
    select cast(year(setl_time) * 100 + month(setl_time) as varchar) as month, 'setl_d' as table_name
    from raw.setl_d
    where file_id in (select file_id from elsewhere)
    group by cast(year(setl_time) * 100 + month(setl_time) as varchar)
    union all
    select cast(year(fee_ocur_time) * 100 + month(fee_ocur_time) as varchar) as month, 'fee_list_d' as table_name
    from raw.fee_list_d
    where file_id in (select file_id from elsewhere)
    group by cast(year(fee_ocur_time) * 100 + month(fee_ocur_time) as varchar)
),

loaded as (
    select month, table_name from by_folder
    union
    select month, table_name from by_rows
)

select month
from loaded
group by month
having count(distinct table_name) = 2
order by month
