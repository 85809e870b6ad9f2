-- grain: one row a settlement of either table, refunds included; the map from setl_id to provider, person and time
-- inputs: cur.setl_d, cur.outmed_setl_d
-- parameters: $inpatient_med_types (list of med_type; a code covers its sub-codes)
-- known limits: a settlement delivered in both tables gives two rows, which key_setl reports
with both_tables as (
    select
        'setl_d' as source, setl_id, fixmedins_code, psn_id, med_type, hi_paymtd, begndate, enddate, setl_time,
        medfee_sumamt, fund_pay_sumamt, inscp_scp_amt, dscg_way, chfpdr_code, mid_setl_flag, refd_setl_flag, file_id
    from cur.setl_d
    union all
    select
        'outmed_setl_d' as source, setl_id, fixmedins_code, psn_id, med_type, hi_paymtd, begndate, enddate, setl_time,
        medfee_sumamt, fund_pay_sumamt, inscp_scp_amt, dscg_way, chfpdr_code, mid_setl_flag, refd_setl_flag, file_id
    from cur.outmed_setl_d
)

select
    source, setl_id, fixmedins_code, psn_id, hi_paymtd, begndate, enddate, setl_time, medfee_sumamt, inscp_scp_amt, dscg_way, chfpdr_code,
    file_id,
    regexp_matches(med_type, $inpatient_med_types) as is_inpatient,
    coalesce(refd_setl_flag = '1', false) or medfee_sumamt < 0 or (medfee_sumamt = 0 and fund_pay_sumamt < 0) as is_refund,
    coalesce(mid_setl_flag, '0') = '1' as is_interim
from both_tables
