-- Inpatient stays as the templates about stays see them: main diagnosis, group, operations, whether the readmission was planned.
-- grain: mdtrt_id; interim and supplementary settlements of one visit are one stay, refunds netted in
-- inputs: core.stay, core.settlement, core.diagnosis, core.operation
-- parameters: $planned_readmission_diagnoses (prefixes of main diagnoses), $planned_readmission_courses (prefixes of main diagnoses
--   of long treatments: with one of them a planned diagnosis in second place is enough), $planned_readmission_operations (prefixes)
-- known limits: planned readmissions are known by their codes only; without codes nothing is planned; where no main diagnosis is one of
--   ICD (is_icd), that of Chinese medicine stands in, and its category is the whole code
with coded as (
    select
        s.mdtrt_id,
        d.diag_code,
        d.diag_name,
        d.is_main,
        d.is_icd,
        case
            when d.is_main
                then row_number() over (
                    partition by s.mdtrt_id, d.is_main
                    order by d.is_icd desc, s.setl_time desc, s.setl_id desc, d.diag_type asc, d.diag_code asc
                )
        end as place
    from core.diagnosis as d
    inner join core.settlement as s on d.setl_id = s.setl_id
    where s.is_inpatient and s.refund_state <> 'full'
),

main_diagnosis as (
    select mdtrt_id, diag_code, diag_name, is_icd, case when is_icd then substr(diag_code, 1, 3) else diag_code end as diag_category
    from coded
    where place = 1
),

planned_diagnosis as (
    select distinct c.diag_code
    from coded as c
    cross join unnest(cast($planned_readmission_diagnoses as varchar[])) as p (prefix)
    where c.is_icd and starts_with(c.diag_code, p.prefix)
),

course_diagnosis as (
    select distinct c.diag_code
    from main_diagnosis as c
    cross join unnest(cast($planned_readmission_courses as varchar[])) as p (prefix)
    where c.is_icd and starts_with(c.diag_code, p.prefix)
),

second_place as (
    select
        c.mdtrt_id,
        min(c.diag_code) as diag_code
    from coded as c
    inner join planned_diagnosis as p on c.diag_code = p.diag_code
    where c.is_icd and not c.is_main
    group by c.mdtrt_id
),

operated as (
    select
        s.mdtrt_id,
        o.oprn_oprt_code
    from core.operation as o
    inner join core.settlement as s on o.setl_id = s.setl_id
    where s.is_inpatient and s.refund_state <> 'full'
),

planned_operation as (
    select distinct o.oprn_oprt_code
    from operated as o
    cross join unnest(cast($planned_readmission_operations as varchar[])) as p (prefix)
    where starts_with(o.oprn_oprt_code, p.prefix)
),

operation as (
    select
        o.mdtrt_id,
        count(*) as operations,
        min(p.oprn_oprt_code) as planned_code
    from operated as o
    left join planned_operation as p on o.oprn_oprt_code = p.oprn_oprt_code
    group by o.mdtrt_id
)

select
    t.mdtrt_id,
    t.psn_id,
    t.fixmedins_code,
    t.begndate,
    t.enddate,
    cast(greatest(date_diff('day', t.begndate, t.enddate), 1) as integer) as days,
    t.last_setl_id as setl_id,
    t.last_setl_time as setl_time,
    concat(cast(year(t.last_setl_time) as varchar), 'Q', cast(quarter(t.last_setl_time) as varchar)) as quarter,
    cast(year(t.last_setl_time) * 4 + quarter(t.last_setl_time) as integer) as quarter_no,
    t.settlements,
    t.net_fund,
    t.dscg_way,
    t.mid_setl_flag,
    t.hi_paymtd,
    s.age,
    g.grp_type,
    g.grp_ver,
    g.grp_code,
    case
        when g.grp_type = 'DRG' then substr(g.grp_code, 1, 3)
        else g.grp_code
    end as family,
    g.wt,
    m.diag_code,
    m.diag_name,
    m.diag_category,
    coalesce(m.is_icd, false) as is_icd,
    cast(coalesce(o.operations, 0) as integer) as operations,
    case
        when p.diag_code is not null then 'diagnosis'
        when c.diag_code is not null and n.diag_code is not null then 'course'
        when o.planned_code is not null then 'operation'
    end as planned_by,
    coalesce(
        p.diag_code,
        case when c.diag_code is not null then n.diag_code end,
        o.planned_code
    ) as planned_code
from core.stay as t
inner join core.settlement as s on t.last_setl_id = s.setl_id
left join core.settlement as g on t.grouped_setl_id = g.setl_id
left join main_diagnosis as m on t.mdtrt_id = m.mdtrt_id
left join planned_diagnosis as p on m.is_icd and m.diag_code = p.diag_code
left join course_diagnosis as c on m.is_icd and m.diag_code = c.diag_code
left join second_place as n on t.mdtrt_id = n.mdtrt_id
left join operation as o on t.mdtrt_id = o.mdtrt_id
