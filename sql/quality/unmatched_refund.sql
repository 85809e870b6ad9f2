-- grain: one row a refund of the period, or a settlement refunded by more than was paid; one flag a check
-- inputs: core.unmatched_refund, temp.work_settlement
-- parameters: $start, $end
-- known limits: none
with unmatched as (
    select setl_id, max(fixmedins_code) as fixmedins_code, max(month) as month
    from core.unmatched_refund
    group by setl_id
),
refund as (
    select setl_id, max(fixmedins_code) as fixmedins_code
    from temp.work_settlement
    where is_refund and setl_time >= $start and setl_time < $end
    group by setl_id
)
select
    coalesce(r.fixmedins_code, u.fixmedins_code) as fixmedins_code,
    coalesce(r.setl_id, u.setl_id) as example,
    case when u.setl_id is null then 0 else 1 end as refund_matched
from refund as r
full outer join (select setl_id, fixmedins_code from unmatched where month >= $start and month < $end) as u on r.setl_id = u.setl_id
