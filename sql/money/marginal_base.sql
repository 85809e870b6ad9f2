-- Candidates whose amount can be found by taking them out of scope, in the order in which they are served.
-- grain: candidate_id, setl_id, bkkp_sn; amounts in fen
-- inputs: money.candidate, core.settlement, core.fee_line, cur.setl_d
-- parameters: none
-- limits: neither DRG/DIP-paid nor refunded settlements; before_* = what the payer paid for the person under the same insurance
--         earlier in the year
with running as (
    select
        setl_id,
        sum(net_hifp_pay) over ordered as hifp,
        sum(net_cvlserv_pay) over ordered as cvlserv,
        sum(net_hifes_pay) over ordered as hifes,
        sum(net_hifmi_pay) over ordered as hifmi,
        sum(net_hifob_pay) over ordered as hifob,
        sum(net_hifdm_pay) over ordered as hifdm,
        sum(net_maf_pay) over ordered as maf,
        sum(net_oth_pay) over ordered as oth
    from core.settlement
    window ordered as (
        partition by psn_id, insutype, extract(year from setl_time)
        order by setl_time, setl_id rows between unbounded preceding and 1 preceding
    )
)

select
    c.candidate_id, c.setl_id, c.bkkp_sn,
    cast(c.part_num as bigint) as part_num,
    cast(c.part_den as bigint) as part_den,
    s.insutype, s.med_type, s.hosp_lv,
    cast(s.setl_time as date) as day,
    cast(s.inscp_scp_amt * 100 as bigint) as scope,
    cast(d.act_pay_dedc * 100 as bigint) as deductible,
    cast(greatest(coalesce(case when c.bkkp_sn is null then s.inscp_scp_amt else l.inscp_scp_amt end, 0), 0) * 100 as bigint) as in_scope,
    cast(r.hifp * 100 as bigint) as before_hifp,
    cast(r.cvlserv * 100 as bigint) as before_cvlserv,
    cast(r.hifes * 100 as bigint) as before_hifes,
    cast(r.hifmi * 100 as bigint) as before_hifmi,
    cast(r.hifob * 100 as bigint) as before_hifob,
    cast(r.hifdm * 100 as bigint) as before_hifdm,
    cast(r.maf * 100 as bigint) as before_maf,
    cast(r.oth * 100 as bigint) as before_oth
from money.candidate as c
inner join core.settlement as s on c.setl_id = s.setl_id
inner join running as r on c.setl_id = r.setl_id
left join core.fee_line as l on c.setl_id = l.setl_id and c.bkkp_sn = l.bkkp_sn
left join cur.setl_d as d on c.setl_id = d.setl_id
where c.kind in ('line', 'case') and s.bundled = 0 and s.refund_state = 'none' and s.inscp_scp_amt > 0
order by c.setl_id, c.turn
