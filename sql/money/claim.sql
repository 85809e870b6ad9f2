-- The claims of one period, as the clawback list shows them but for their place in the register.
-- grain: candidate_id
-- inputs: money.row_amount, money.found_first, money.also_found, finding.rule, core.settlement, core.fee_line, cur.mdtrt_d,
--         cur.basis_b, cur.pay_par
-- parameters: $period
-- limits: amounts of DRG/DIP cases are provisional until a final payment parameter covers the settlement's day;
--         a basis that nobody confirmed is shown as awaiting confirmation; status, first_seen_period and what
--         changed are added from the register
with final_day as (
    select distinct s.setl_id
    from core.settlement as s
    inner join money.row_amount as a on s.setl_id = a.setl_id
    inner join cur.pay_par as p
        on
            (p.insutype = '*' or s.insutype = p.insutype)
            and (p.hosp_lv is null or p.hosp_lv = '*' or s.hosp_lv = p.hosp_lv)
            and p.valid_from <= cast(s.setl_time as date)
            and (p.valid_to is null or p.valid_to >= cast(s.setl_time as date))
    where p.final = '1'
)

select
    a.candidate_id, f.period, s.fixmedins_code, s.fixmedins_name, a.setl_id, a.bkkp_sn, s.mdtrt_id, v.ipt_otp_no, s.psn_id,
    s.insutype, s.med_type, s.setl_time, l.fee_ocur_time,
    coalesce(f.item_code, l.item_code) as item_code,
    coalesce(f.item_name, l.item_name) as item_name,
    cast(coalesce(f.cnt, l.cnt) as decimal(16, 4)) as cnt,
    cast(coalesce(f.pric, l.pric) as decimal(16, 6)) as pric,
    cast(f.allowed as decimal(18, 4)) as allowed,
    cast(f.excess as decimal(18, 4)) as excess,
    l.dept_code,
    coalesce(l.dr_code, s.chfpdr_code) as dr_code,
    a.rule_id, r.rule_name, r.track,
    cast(f.gross_amount as decimal(16, 2)) as gross_amount,
    cast(a.hifp + a.cvlserv + a.hifes + a.hifmi + a.hifob + a.hifdm + a.maf + a.oth as decimal(16, 2)) as fund_amount,
    cast(a.acct + a.acct_mulaid as decimal(16, 2)) as acct_amount,
    '{' || '"acct":"' || cast(a.acct as varchar) || '"'
    || ',' || '"acct_mulaid":"' || cast(a.acct_mulaid as varchar) || '"'
    || ',' || '"cvlserv":"' || cast(a.cvlserv as varchar) || '"'
    || ',' || '"hifdm":"' || cast(a.hifdm as varchar) || '"'
    || ',' || '"hifes":"' || cast(a.hifes as varchar) || '"'
    || ',' || '"hifmi":"' || cast(a.hifmi as varchar) || '"'
    || ',' || '"hifob":"' || cast(a.hifob as varchar) || '"'
    || ',' || '"hifp":"' || cast(a.hifp as varchar) || '"'
    || ',' || '"maf":"' || cast(a.maf as varchar) || '"'
    || ',' || '"oth":"' || cast(a.oth as varchar) || '"' || '}' as fund_split,
    'average_share' as amount_method,
    case when s.bundled = 1 and d.setl_id is null then 'provisional' else 'final' end as amount_status,
    s.bundled, s.liable, s.recovery_route,
    cast(r.confidence as decimal(5, 4)) as confidence,
    'prior' as confidence_basis,
    coalesce(n.also_found_by, '[]') as also_found_by,
    f.evidence, f.reason,
    case
        when b.confirmed_by is null then '依据待确认'
        else concat_ws(' ', b.document, b.article)
    end as basis
from money.row_amount as a
inner join money.found_first as f on a.candidate_id = f.candidate_id
inner join finding.rule as r on a.rule_id = r.rule_id
inner join core.settlement as s on a.setl_id = s.setl_id
left join core.fee_line as l on a.setl_id = l.setl_id and a.bkkp_sn = l.bkkp_sn
left join cur.mdtrt_d as v on s.mdtrt_id = v.mdtrt_id
left join money.also_found as n on a.candidate_id = n.candidate_id
left join final_day as d on a.setl_id = d.setl_id
left join cur.basis_b as b
    on
        f.basis_id = b.basis_id
        and coalesce(l.service_date, s.enddate) >= coalesce(b.valid_from, date '1900-01-01')
        and coalesce(l.service_date, s.enddate) <= coalesce(b.valid_to, date '9999-12-31')
