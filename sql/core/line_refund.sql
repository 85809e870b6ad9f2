-- Fee lines that undo others: negative ones, those of a refund, and those that name a line which is there.
-- grain: bkkp_sn of the undoing line; setl_id is that of the settlement undone (null where nobody knows it)
-- inputs: cur.fee_list_d, core.delivered, core.refund
-- parameters: none
-- limits: amounts are given as positive; a line that names itself undoes nothing
with refund_settlement as (
    select d.setl_id, f.setl_id as original_setl_id
    from core.delivered as d
    left join core.refund as f on d.setl_id = f.refund_id
    where d.is_refund
),

naming as (
    select l.bkkp_sn
    from cur.fee_list_d as l
    inner join cur.fee_list_d as o on l.init_feedetl_sn = o.bkkp_sn
    where l.init_feedetl_sn <> l.bkkp_sn
)

select
    l.bkkp_sn,
    case when r.setl_id is not null then r.original_setl_id else l.setl_id end as setl_id,
    case when l.init_feedetl_sn <> l.bkkp_sn then l.init_feedetl_sn end as init_feedetl_sn,
    l.med_list_codg, abs(l.pric) as pric, l.fee_ocur_time,
    abs(l.cnt) as cnt, abs(l.det_item_fee_sumamt) as det_item_fee_sumamt, abs(l.inscp_scp_amt) as inscp_scp_amt,
    abs(l.overlmt_amt) as overlmt_amt, abs(l.fulamt_ownpay_amt) as fulamt_ownpay_amt,
    abs(l.preselfpay_amt) as preselfpay_amt
from cur.fee_list_d as l
left join refund_settlement as r on l.setl_id = r.setl_id
left join naming as n on l.bkkp_sn = n.bkkp_sn
where l.det_item_fee_sumamt < 0 or l.cnt < 0 or r.setl_id is not null or n.bkkp_sn is not null
