-- What was charged or coded, by numbers alone: what a template compares and counts before it asks for names and amounts.
-- grain: one row of finding.occurrence (kind, line_id) whose code answers to a knowledge point; every diagnosis
-- inputs: core.fee_line, core.diagnosis, core.operation, core.settlement, finding.subject_match, finding.newborn
-- parameters: none
-- known limits: line_id is the number of the stored row of core, so the table goes with core and is no part of any copy of it;
--   visit_no numbers mdtrt_id, place_no a person at a provider, person_no a person;
--   a newborn whose visit a parent's number settles is another person at the provider: twins are not one child charged twice;
--   family_no holds both, for what one was charged beside the other
with visit as (
    select
        mdtrt_id,
        cast(row_number() over (order by mdtrt_id) as integer) as visit_no
    from (select mdtrt_id from core.settlement group by mdtrt_id) as m
),

whose as (
    select
        s.person_no,
        s.fixmedins_code,
        s.setl_no,
        coalesce(n.mdtrt_id, '') as newborn
    from core.settlement as s
    left join finding.newborn as n on s.mdtrt_id = n.mdtrt_id
),

place as (
    select
        person_no,
        fixmedins_code,
        newborn,
        cast(row_number() over (order by person_no, fixmedins_code, newborn) as integer) as place_no,
        cast(dense_rank() over (order by person_no, fixmedins_code) as integer) as family_no
    from (select person_no, fixmedins_code, newborn from whose group by person_no, fixmedins_code, newborn) as p
),

settled as (
    select
        s.setl_no,
        s.setl_time,
        s.begndate,
        s.is_inpatient,
        s.quarter as period,
        v.visit_no,
        p.place_no,
        p.family_no,
        s.person_no
    from core.settlement as s
    inner join visit as v on s.mdtrt_id = v.mdtrt_id
    inner join whose as w on s.setl_no = w.setl_no
    inner join place as p on w.person_no = p.person_no and w.fixmedins_code = p.fixmedins_code and w.newborn = p.newborn
    where s.refund_state <> 'full'
),

answering as (
    select
        kind,
        code_no
    from finding.subject_match
    group by kind, code_no
)

select
    'item' as kind,
    l.rowid as line_id,
    l.code_no,
    s.visit_no,
    s.place_no,
    s.family_no,
    s.person_no,
    s.period,
    s.setl_time,
    s.is_inpatient,
    l.service_date,
    l.cnt,
    l.net_prd_days,
    coalesce(l.inscp_scp_amt, l.det_item_fee_sumamt) as inscp_amt
from core.fee_line as l
inner join answering as c on l.code_no = c.code_no
inner join settled as s on l.setl_no = s.setl_no
where c.kind = 'item' and l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
union all
select
    case when d.is_icd then 'diagnosis' else 'syndrome' end as kind,
    d.rowid as line_id,
    d.code_no,
    s.visit_no,
    s.place_no,
    s.family_no,
    s.person_no,
    s.period,
    s.setl_time,
    s.is_inpatient,
    s.begndate as service_date,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 4)) as net_prd_days,
    cast(0 as decimal(16, 2)) as inscp_amt
from core.diagnosis as d
inner join settled as s on d.setl_no = s.setl_no
where d.code_no is not null
union all
select
    'operation' as kind,
    o.rowid as line_id,
    o.code_no,
    s.visit_no,
    s.place_no,
    s.family_no,
    s.person_no,
    s.period,
    s.setl_time,
    s.is_inpatient,
    coalesce(o.oprn_oprt_date, s.begndate) as service_date,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 4)) as net_prd_days,
    cast(0 as decimal(16, 2)) as inscp_amt
from core.operation as o
inner join answering as c on o.code_no = c.code_no
inner join settled as s on o.setl_no = s.setl_no
where c.kind = 'operation'
