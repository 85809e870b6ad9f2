-- grain: one row: fee lines of the period that share a key with another one, as a tally
-- inputs: cur.fee_list_d, temp.work_settlement
-- parameters: $start_on, $before
-- known limits: copies of a key in different periods are not compared
with header as (
    select setl_id, max(setl_time) as setl_time
    from temp.work_settlement
    group by setl_id
),

placed as (
    select l.bkkp_sn, count(*) as copies
    from cur.fee_list_d as l
    left join header as h on l.setl_id = h.setl_id
    where coalesce(h.setl_time, l.fee_ocur_time) >= $start_on and coalesce(h.setl_time, l.fee_ocur_time) < $before
    group by l.bkkp_sn
)

select
    cast(null as varchar) as fixmedins_code,
    'line_key_unique' as check_id,
    cast(coalesce(sum(copies), 0) as bigint) as checked,
    cast(coalesce(sum(copies - 1), 0) as bigint) as violations,
    min(case when copies > 1 then bkkp_sn end) as lowest,
    max(case when copies > 1 then bkkp_sn end) as highest
from placed
