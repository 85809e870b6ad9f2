-- grain: one row an operation of the period: by its settlement's time, without one by its delivery's month; one flag a check
-- inputs: cur.setl_list_oprn_d, temp.work_settlement, temp.work_file
-- parameters: $start_on, $before
-- known limits: the pattern is that of the national ICD-9-CM-3 edition, five decimals allowed
with header as (
    select setl_id, max(fixmedins_code) as fixmedins_code, max(setl_time) as setl_time, max(begndate) as begndate, max(enddate) as enddate
    from temp.work_settlement
    group by setl_id
),

placed as (
    select
        o.setl_id, o.oprn_oprt_code, o.oprn_oprt_date, h.setl_id is not null as settled, h.fixmedins_code, h.begndate, h.enddate,
        cast(coalesce(h.setl_time, f.month_start) as date) as placed_on
    from cur.setl_list_oprn_d as o
    left join header as h on o.setl_id = h.setl_id
    left join temp.work_file as f on o.file_id = f.file_id
)

select
    fixmedins_code,
    setl_id as example,
    case when settled then 0 else 1 end as oprn_settlement_known,
    case when regexp_matches(oprn_oprt_code, '^[0-9][0-9][.][0-9][0-9x][0-9][0-9][0-9]?(x[0-9][0-9][0-9])?$') then 0 else 1 end
        as oprn_code_pattern,
    case
        when settled and oprn_oprt_date is not null
            then case when oprn_oprt_date < begndate or oprn_oprt_date > enddate then 1 else 0 end
    end as oprn_within_stay
from placed
where placed_on is null or (placed_on >= $start_on and placed_on < $before)
