-- grain: one row a settlement of the period; flags of its header against its fee lines
-- inputs: temp.work_settlement, cur.fee_list_d
-- parameters: $start_on, $before
-- known limits: refunds are compared without sign, since some senders leave refunds positive, and need no lines
with header as (
    select setl_id, fixmedins_code, medfee_sumamt, inscp_scp_amt, is_refund
    from temp.work_settlement
    where setl_time >= $start_on and setl_time < $before
),

lines as (
    select l.setl_id, sum(l.det_item_fee_sumamt) as fee, sum(l.inscp_scp_amt) as in_scope, count(l.inscp_scp_amt) as scoped
    from cur.fee_list_d as l
    inner join header as h on l.setl_id = h.setl_id
    group by l.setl_id
),

delivered as (
    select count(*) > 0 as has_lines from lines
)

select
    h.fixmedins_code,
    h.setl_id as example,
    case when d.has_lines and not h.is_refund then case when l.setl_id is null then 1 else 0 end end as setl_has_lines,
    case when l.setl_id is not null then case when abs(abs(h.medfee_sumamt) - abs(l.fee)) > 0.01 then 1 else 0 end end as setl_lines_fee,
    case
        when l.scoped > 0 and h.inscp_scp_amt is not null
            then case when abs(abs(h.inscp_scp_amt) - abs(l.in_scope)) > 0.01 then 1 else 0 end
    end as setl_lines_scope
from header as h
left join lines as l on h.setl_id = l.setl_id
cross join delivered as d
