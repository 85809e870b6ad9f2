-- Fee lines with their refunds netted in; provider, time and visit are those of the settlement.
-- grain: bkkp_sn (undoing lines are not rows)
-- inputs: cur.fee_list_d, core.settlement, core.code, core.line_refund, core.line_undone (both ways together)
-- parameters: none
-- limits: a line of a settlement refunded whole has net amounts of zero, whatever the refund's lines say; where undoing lines
--         leave a column empty it follows the fee; an amount that the line leaves empty stays empty (greatest would make it zero)
with netted as (
    select
        l.bkkp_sn, l.setl_id, s.setl_no, c.code_no, s.setl_id is not null as is_settled,
        coalesce(s.mdtrt_id, l.mdtrt_id) as mdtrt_id,
        coalesce(s.psn_id, l.psn_id) as psn_id,
        s.fixmedins_code, s.setl_time, s.month, s.quarter, l.fee_ocur_time, l.med_list_codg, l.hilist_code, l.hilist_name,
        l.list_type, l.med_chrgitm_type, l.chrgitm_lv, l.pric, l.bilg_dept_codg, l.bilg_dr_codg, l.rxno, l.prd_days,
        coalesce(s.refund_state = 'full', false)
        or (u.bkkp_sn is not null and l.det_item_fee_sumamt <= u.det_item_fee_sumamt) as refunded,
        case
            when u.cnt is null or l.cnt <= 0 then l.prd_days
            else cast(l.prd_days * greatest(l.cnt - u.cnt, 0) / l.cnt as decimal(16, 4))
        end as net_prd_days,
        l.cnt - coalesce(u.cnt, 0) as cnt,
        l.det_item_fee_sumamt - coalesce(u.det_item_fee_sumamt, 0) as det_item_fee_sumamt,
        l.inscp_scp_amt - coalesce(u.inscp_scp_amt, 0) as inscp_scp_amt,
        l.overlmt_amt - coalesce(u.overlmt_amt, 0) as overlmt_amt,
        l.fulamt_ownpay_amt - coalesce(u.fulamt_ownpay_amt, 0) as fulamt_ownpay_amt,
        l.preselfpay_amt - coalesce(u.preselfpay_amt, 0) as preselfpay_amt
    from cur.fee_list_d as l
    left join core.line_refund as r on l.bkkp_sn = r.bkkp_sn
    left join core.line_undone as u on l.bkkp_sn = u.bkkp_sn
    left join core.settlement as s on l.setl_id = s.setl_id
    left join core.code as c
        on c.kind = 'item' and l.med_list_codg = c.code and coalesce(l.hilist_code, '') = c.hilist_code
    where r.bkkp_sn is null
)

select
    bkkp_sn, setl_id, setl_no, code_no, mdtrt_id, psn_id, fixmedins_code, setl_time, month, quarter, fee_ocur_time,
    cast(fee_ocur_time as date) as service_date,
    med_list_codg as item_code,
    hilist_code,
    hilist_name as item_name,
    list_type, med_chrgitm_type, chrgitm_lv,
    cast(case when refunded then 0 else greatest(cnt, 0) end as decimal(16, 4)) as cnt,
    pric,
    cast(
        case when det_item_fee_sumamt is not null then case when refunded then 0 else greatest(det_item_fee_sumamt, 0) end end
        as decimal(16, 2)
    ) as det_item_fee_sumamt,
    cast(
        case when inscp_scp_amt is not null then case when refunded then 0 else greatest(inscp_scp_amt, 0) end end as decimal(16, 2)
    ) as inscp_scp_amt,
    cast(
        case when overlmt_amt is not null then case when refunded then 0 else greatest(overlmt_amt, 0) end end as decimal(16, 2)
    ) as overlmt_amt,
    cast(
        case when fulamt_ownpay_amt is not null then case when refunded then 0 else greatest(fulamt_ownpay_amt, 0) end end as decimal(16, 2)
    ) as fulamt_ownpay_amt,
    cast(
        case when preselfpay_amt is not null then case when refunded then 0 else greatest(preselfpay_amt, 0) end end as decimal(16, 2)
    ) as preselfpay_amt,
    bilg_dept_codg as dept_code,
    bilg_dr_codg as dr_code,
    rxno, prd_days, net_prd_days,
    case when is_settled then 'settled' else 'unsettled' end as state,
    refunded
from netted
