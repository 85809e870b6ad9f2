-- Every winning settlement row of both tables, refunds among them, amounts signed by what the row is.
-- grain: setl_id (a settlement in both tables counts once, from setl_d)
-- inputs: cur.setl_d, cur.outmed_setl_d
-- parameters: none
-- limits: a row is a refund by refd_setl_flag, or by a negative total where the flag is missing or wrong; every amount of a
--         refund is made negative, so that exports that send positive ones with a flag read alike
with both_tables as (
    select
        'setl_d' as source, setl_id, mdtrt_id, psn_id, gend, brdy, age, insutype, psn_type, insu_admdvs, fixmedins_code,
        fixmedins_name, hosp_lv, med_type, begndate, enddate, setl_time, medfee_sumamt, inscp_scp_amt, hifp_pay,
        cvlserv_pay, hifes_pay, hifmi_pay, hifob_pay, hifdm_pay, maf_pay, oth_pay, fund_pay_sumamt, hosp_part_amt,
        psn_part_amt, acct_pay, acct_mulaid_pay, hi_paymtd, setl_type, pay_loc, dise_codg, dscg_way, chfpdr_code,
        ttp_pay_flag, mid_setl_flag, refd_setl_flag, init_setl_id
    from cur.setl_d
    union all
    select
        'outmed_setl_d' as source, o.setl_id, o.mdtrt_id, o.psn_id, o.gend, o.brdy, o.age, o.insutype, o.psn_type,
        o.insu_admdvs, o.fixmedins_code, o.fixmedins_name, o.hosp_lv, o.med_type, o.begndate, o.enddate, o.setl_time,
        o.medfee_sumamt, o.inscp_scp_amt, o.hifp_pay, o.cvlserv_pay, o.hifes_pay, o.hifmi_pay, o.hifob_pay, o.hifdm_pay,
        o.maf_pay, o.oth_pay, o.fund_pay_sumamt, o.hosp_part_amt, o.psn_part_amt, o.acct_pay, o.acct_mulaid_pay,
        o.hi_paymtd, o.setl_type, o.pay_loc, o.dise_codg, o.dscg_way, o.chfpdr_code, o.ttp_pay_flag, o.mid_setl_flag,
        o.refd_setl_flag, o.init_setl_id
    from cur.outmed_setl_d as o
    where not exists (select 1 from cur.setl_d as s where s.setl_id = o.setl_id)
),

told_apart as (
    select
        *,
        coalesce(refd_setl_flag = '1', false) or medfee_sumamt < 0 or (medfee_sumamt = 0 and fund_pay_sumamt < 0)
            as is_refund
    from both_tables
)

select
    source, setl_id, mdtrt_id, psn_id, gend, brdy, age, insutype, psn_type, insu_admdvs, fixmedins_code,
    fixmedins_name, hosp_lv, med_type, begndate, enddate, setl_time, hi_paymtd, setl_type, pay_loc, dise_codg,
    dscg_way, chfpdr_code, ttp_pay_flag, mid_setl_flag, init_setl_id, is_refund,
    case when is_refund then -abs(medfee_sumamt) else medfee_sumamt end as medfee_sumamt,
    case when is_refund then -abs(inscp_scp_amt) else inscp_scp_amt end as inscp_scp_amt,
    case when is_refund then -abs(fund_pay_sumamt) else fund_pay_sumamt end as fund_pay_sumamt,
    case when is_refund then -abs(hosp_part_amt) else hosp_part_amt end as hosp_part_amt,
    case when is_refund then -abs(psn_part_amt) else psn_part_amt end as psn_part_amt,
    case when is_refund then -abs(hifp_pay) else hifp_pay end as hifp_pay,
    case when is_refund then -abs(cvlserv_pay) else cvlserv_pay end as cvlserv_pay,
    case when is_refund then -abs(hifes_pay) else hifes_pay end as hifes_pay,
    case when is_refund then -abs(hifmi_pay) else hifmi_pay end as hifmi_pay,
    case when is_refund then -abs(hifob_pay) else hifob_pay end as hifob_pay,
    case when is_refund then -abs(hifdm_pay) else hifdm_pay end as hifdm_pay,
    case when is_refund then -abs(maf_pay) else maf_pay end as maf_pay,
    case when is_refund then -abs(oth_pay) else oth_pay end as oth_pay,
    case when is_refund then -abs(acct_pay) else acct_pay end as acct_pay,
    case when is_refund then -abs(acct_mulaid_pay) else acct_mulaid_pay end as acct_mulaid_pay
from told_apart
