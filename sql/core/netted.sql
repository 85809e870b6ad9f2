-- Settlements with the sum of their refunds: net amounts, still unclipped.
-- grain: setl_id (refunds are not rows)
-- inputs: core.delivered, core.refund
-- parameters: none
-- limits: none
with undone as (
    select
        f.setl_id,
        sum(r.medfee_sumamt) as medfee_sumamt, sum(r.psn_part_amt) as psn_part_amt, sum(r.hosp_part_amt) as hosp_part_amt,
        sum(r.fund_pay_sumamt) as fund_pay_sumamt,
        sum(r.hifp_pay) as hifp_pay, sum(r.cvlserv_pay) as cvlserv_pay, sum(r.hifes_pay) as hifes_pay,
        sum(r.hifmi_pay) as hifmi_pay, sum(r.hifob_pay) as hifob_pay, sum(r.hifdm_pay) as hifdm_pay,
        sum(r.maf_pay) as maf_pay, sum(r.oth_pay) as oth_pay, sum(r.acct_pay) as acct_pay,
        sum(r.acct_mulaid_pay) as acct_mulaid_pay
    from core.refund as f
    inner join core.delivered as r on f.refund_id = r.setl_id
    group by f.setl_id
)

select
    d.source, d.setl_id, d.mdtrt_id, d.psn_id, d.gend, d.brdy, d.age, d.insutype, d.psn_type, d.insu_admdvs,
    d.fixmedins_code, d.fixmedins_name, d.hosp_lv, d.med_type, d.begndate, d.enddate, d.setl_time, d.hi_paymtd,
    d.setl_type, d.pay_loc, d.dise_codg, d.dscg_way, d.chfpdr_code, d.ttp_pay_flag, d.mid_setl_flag, d.medfee_sumamt,
    d.inscp_scp_amt,
    u.setl_id is not null as has_refund,
    d.medfee_sumamt + coalesce(u.medfee_sumamt, 0) as net_medfee,
    coalesce(d.psn_part_amt, d.medfee_sumamt - d.fund_pay_sumamt - coalesce(d.hosp_part_amt, 0))
    + coalesce(u.psn_part_amt, u.medfee_sumamt - u.fund_pay_sumamt - coalesce(u.hosp_part_amt, 0), 0) as net_part,
    coalesce(d.hifp_pay, 0) + coalesce(u.hifp_pay, 0) as net_hifp,
    coalesce(d.cvlserv_pay, 0) + coalesce(u.cvlserv_pay, 0) as net_cvlserv,
    coalesce(d.hifes_pay, 0) + coalesce(u.hifes_pay, 0) as net_hifes,
    coalesce(d.hifmi_pay, 0) + coalesce(u.hifmi_pay, 0) as net_hifmi,
    coalesce(d.hifob_pay, 0) + coalesce(u.hifob_pay, 0) as net_hifob,
    coalesce(d.hifdm_pay, 0) + coalesce(u.hifdm_pay, 0) as net_hifdm,
    coalesce(d.maf_pay, 0) + coalesce(u.maf_pay, 0) as net_maf,
    coalesce(d.oth_pay, 0) + coalesce(u.oth_pay, 0) as net_oth,
    coalesce(d.acct_pay, 0) + coalesce(u.acct_pay, 0) as net_acct,
    coalesce(d.acct_mulaid_pay, 0) + coalesce(u.acct_mulaid_pay, 0) as net_acct_mulaid
from core.delivered as d
left join undone as u on d.setl_id = u.setl_id
where not d.is_refund
