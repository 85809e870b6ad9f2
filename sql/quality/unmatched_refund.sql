-- grain: one row a settlement of the period, refunds included; one flag a check
-- inputs: core.unmatched_refund, temp.work_settlement
-- parameters: $start_on, $before
-- known limits: a settlement refunded by more than was paid counts as an unmatched refund
with unmatched as (
    select setl_id
    from core.unmatched_refund
    group by setl_id
)

select
    s.fixmedins_code,
    s.setl_id as example,
    case when u.setl_id is null then 0 else 1 end as refund_unmatched_rare,
    case when s.is_refund or u.setl_id is not null then case when u.setl_id is null then 0 else 1 end end as refund_matched
from temp.work_settlement as s
left join unmatched as u on s.setl_id = u.setl_id
where s.setl_time >= $start_on and s.setl_time < $before
