-- grain: one inpatient stay (mdtrt_id) that was planned by its codes, as rule R49 leaves them out
-- inputs: core.settlement, core.diagnosis, core.operation
-- parameters: $planned_readmission_diagnoses (prefixes of main diagnoses), $planned_readmission_courses (prefixes of main diagnoses
--   of long treatments: with one of them a planned diagnosis in second place is enough), $planned_readmission_operations (prefixes)
-- known limits: planned stays are known by their codes only; the codes of any settlement of the stay count
with coded as (
    select
        s.mdtrt_id,
        d.diag_code,
        d.is_main
    from core.diagnosis as d
    inner join core.settlement as s on d.setl_id = s.setl_id
    where s.is_inpatient and d.is_icd
),

code as (
    select distinct diag_code from coded
),

planned_code as (
    select distinct c.diag_code
    from code as c
    cross join unnest(cast($planned_readmission_diagnoses as varchar[])) as p (prefix)
    where starts_with(c.diag_code, p.prefix)
),

course_code as (
    select distinct c.diag_code
    from code as c
    cross join unnest(cast($planned_readmission_courses as varchar[])) as p (prefix)
    where starts_with(c.diag_code, p.prefix)
),

diagnosed as (
    select
        c.mdtrt_id,
        max(case when p.diag_code is not null then 1 else 0 end) as is_named,
        max(case when p.diag_code is not null and c.is_main then 1 else 0 end) as is_main,
        max(case when k.diag_code is not null and c.is_main then 1 else 0 end) as is_course
    from coded as c
    left join planned_code as p on c.diag_code = p.diag_code
    left join course_code as k on c.diag_code = k.diag_code
    group by c.mdtrt_id
),

operation_code as (
    select distinct o.oprn_oprt_code
    from core.operation as o
    cross join unnest(cast($planned_readmission_operations as varchar[])) as p (prefix)
    where starts_with(o.oprn_oprt_code, p.prefix)
)

select mdtrt_id
from diagnosed
where is_main = 1 or (is_course = 1 and is_named = 1)
union
select s.mdtrt_id
from core.operation as o
inner join operation_code as c on o.oprn_oprt_code = c.oprn_oprt_code
inner join core.settlement as s on o.setl_id = s.setl_id
where s.is_inpatient
