-- grain: one row a fee line of the period: by its settlement's time, without one by its own; one flag a check
-- inputs: cur.fee_list_d, temp.work_settlement
-- parameters: $start_on, $before
-- known limits: price times quantity is compared to 0.01; senders that round prices to the fen exceed it on large quantities
with header as (
    select
        setl_id, max(fixmedins_code) as fixmedins_code, max(psn_id) as psn_id, max(begndate) as begndate, max(enddate) as enddate,
        max(setl_time) as setl_time,
        max(case when is_inpatient then 1 else 0 end) as inpatient,
        max(case when is_refund then 1 else 0 end) as refund
    from temp.work_settlement
    group by setl_id
),

placed as (
    select
        l.bkkp_sn, l.setl_id, l.psn_id, l.cnt, l.pric, l.det_item_fee_sumamt, l.inscp_scp_amt, l.bilg_dr_codg, l.bilg_dept_codg,
        l.init_feedetl_sn, cast(l.fee_ocur_time as date) as service_date,
        coalesce(l.fulamt_ownpay_amt, 0) + coalesce(l.overlmt_amt, 0) + coalesce(l.preselfpay_amt, 0) + coalesce(l.inscp_scp_amt, 0)
            as scope_sum,
        h.setl_id is not null as settled, h.fixmedins_code, h.psn_id as payer_psn_id, h.begndate, h.enddate,
        cast(h.setl_time as date) as setl_date, h.inpatient, h.refund
    from cur.fee_list_d as l
    left join header as h on l.setl_id = h.setl_id
    where coalesce(h.setl_time, l.fee_ocur_time) >= $start_on and coalesce(h.setl_time, l.fee_ocur_time) < $before
),

-- read once more by itself: the lines of a city's quarter, kept to be read twice, are more than the memory
delivered as (
    select
        count(l.fulamt_ownpay_amt) > 0 and count(l.preselfpay_amt) > 0 and count(l.inscp_scp_amt) > 0 as has_scope,
        count(l.bilg_dr_codg) > 0 as has_doctor,
        count(l.bilg_dept_codg) > 0 as has_dept,
        count(l.init_feedetl_sn) > 0 as has_original
    from cur.fee_list_d as l
    left join header as h on l.setl_id = h.setl_id
    where coalesce(h.setl_time, l.fee_ocur_time) >= $start_on and coalesce(h.setl_time, l.fee_ocur_time) < $before
)

select
    p.fixmedins_code,
    p.bkkp_sn as example,
    case when p.setl_id is not null then case when p.settled then 0 else 1 end end as line_settlement_known,
    case when p.setl_id is null then 1 else 0 end as line_settled,
    case when p.settled then case when p.psn_id = p.payer_psn_id then 0 else 1 end end as line_same_person,
    case when abs(p.cnt * p.pric - p.det_item_fee_sumamt) > 0.01 then 1 else 0 end as line_price_count,
    case when d.has_scope and p.inscp_scp_amt is not null then case when abs(p.det_item_fee_sumamt - p.scope_sum) > 0.01 then 1 else 0 end
    end as line_scope_sum,
    case
        when p.settled and p.inpatient = 1 and p.refund = 0
            then case when p.service_date < p.begndate or p.service_date > p.enddate then 1 else 0 end
    end as line_within_stay,
    case when p.settled and p.refund = 0 then case when p.service_date > p.setl_date then 1 else 0 end end as line_before_settlement,
    case
        when d.has_original and p.settled and p.refund = 0 and p.det_item_fee_sumamt < 0
            then case when p.init_feedetl_sn is null then 1 else 0 end
    end as line_refund_linked,
    case when d.has_doctor and p.inpatient = 1 then case when p.bilg_dr_codg is null then 1 else 0 end end as line_doctor_filled,
    case when d.has_dept and p.inpatient = 1 then case when p.bilg_dept_codg is null then 1 else 0 end end as line_dept_filled
from placed as p
cross join delivered as d
