-- The claims of one period, as the clawback list shows them but for their place in the register.
-- grain: candidate_id
-- inputs: money.row_amount, money.candidate, money.found_first, money.also_found, money.marginal, money.rule, core.settlement,
--         core.fee_line, core.provider, cur.mdtrt_d, cur.basis_b, cur.pay_par
-- parameters: $period
-- limits: amounts of DRG/DIP cases are provisional until a final payment parameter covers the settlement's day;
--         a basis that nobody confirmed is shown as awaiting confirmation, and its finding as a suspect; a finding without a
--         knowledge point has the basis whose basis_id is its rule_id; an item is dated by the last day of its quarter; status,
--         first_seen_period and what changed are added from the register
with bundled_case as (
    select distinct c.candidate_id, s.setl_id, s.insutype, s.hosp_lv, s.setl_time
    from money.candidate as c
    inner join core.settlement as s on c.setl_id = s.setl_id
    where c.period = $period and s.bundled = 1 and not (c.level = 'item' and c.kind = 'none')
),

waiting as (
    select c.candidate_id, c.setl_id
    from bundled_case as c
    left join cur.pay_par as p
        on
            p.final = '1'
            and (p.insutype = '*' or c.insutype = p.insutype)
            and (p.hosp_lv is null or p.hosp_lv = '*' or c.hosp_lv = p.hosp_lv)
            and p.valid_from <= cast(c.setl_time as date)
            and (p.valid_to is null or p.valid_to >= cast(c.setl_time as date))
    group by c.candidate_id, c.setl_id
    having count(p.insutype) = 0
),

provisional as (
    select distinct candidate_id
    from waiting
),

dated as (
    select
        a.*, l.fee_ocur_time, l.item_code as line_item_code, l.item_name as line_item_name, l.cnt as line_cnt, l.pric as line_pric,
        l.dept_code, l.dr_code,
        -- an item is dated by the last day of its quarter
        coalesce(
            l.service_date, s.enddate,
            cast(
                concat(
                    substr(f.period, 1, 4),
                    case substr(f.period, 6, 1) when '1' then '-03-31' when '2' then '-06-30' when '3' then '-09-30' else '-12-31' end
                ) as date
            )
        ) as served_on
    from money.row_amount as a
    inner join money.found_first as f on a.candidate_id = f.candidate_id
    left join core.settlement as s on a.setl_id = s.setl_id
    left join core.fee_line as l on a.setl_id = l.setl_id and a.bkkp_sn = l.bkkp_sn
)

select
    a.candidate_id, f.period, f.fixmedins_code,
    coalesce(s.fixmedins_name, i.fixmedins_name) as fixmedins_name,
    a.setl_id, a.bkkp_sn, s.mdtrt_id, v.ipt_otp_no, s.psn_id, s.insutype, s.med_type, s.setl_time, a.fee_ocur_time,
    coalesce(f.item_code, a.line_item_code) as item_code,
    coalesce(f.item_name, a.line_item_name) as item_name,
    cast(coalesce(f.cnt, a.line_cnt) as decimal(16, 4)) as cnt,
    cast(coalesce(f.pric, a.line_pric) as decimal(16, 6)) as pric,
    cast(f.allowed as decimal(18, 4)) as allowed,
    cast(f.excess as decimal(18, 4)) as excess,
    a.dept_code,
    coalesce(a.dr_code, s.chfpdr_code) as dr_code,
    a.rule_id, r.rule_name,
    case when b.confirmed_by is null then 'suspect' else r.track end as track,
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
    case when m.candidate_id is not null then 'marginal' else 'average_share' end as amount_method,
    case when d.candidate_id is not null then 'provisional' else 'final' end as amount_status,
    coalesce(s.bundled, a.bundled) as bundled,
    coalesce(s.liable, 'provider') as liable,
    coalesce(s.recovery_route, 'local') as recovery_route,
    cast(r.confidence as decimal(5, 4)) as confidence,
    r.confidence_basis,
    coalesce(n.also_found_by, '[]') as also_found_by,
    f.evidence, f.reason,
    case
        when b.confirmed_by is null then '依据待确认'
        else concat_ws(' ', b.document, b.article)
    end as basis
from dated as a
inner join money.found_first as f on a.candidate_id = f.candidate_id
inner join money.rule as r on a.rule_id = r.rule_id
left join core.settlement as s on a.setl_id = s.setl_id
left join core.provider as i on f.fixmedins_code = i.fixmedins_code
left join cur.mdtrt_d as v on s.mdtrt_id = v.mdtrt_id
left join money.also_found as n on a.candidate_id = n.candidate_id
left join (select distinct candidate_id from money.marginal) as m on a.candidate_id = m.candidate_id
left join provisional as d on a.candidate_id = d.candidate_id
left join cur.basis_b as b
    on
        coalesce(f.basis_id, a.rule_id) = b.basis_id
        and a.served_on between coalesce(b.valid_from, date '1900-01-01') and coalesce(b.valid_to, date '9999-12-31')
