-- grain: one inpatient visit with the department that ordered most of its charges; ties go to the smaller code
-- inputs: core.fee_line, core.stay
-- parameters: start, until (dates; the window of the stays' last settlements)
-- known limits: laboratories that order for others can carry the majority
with spent as (
    select
        line.mdtrt_id,
        line.dept_code,
        sum(line.det_item_fee_sumamt) as amount
    from core.fee_line as line
    inner join core.stay as stay on line.mdtrt_id = stay.mdtrt_id
    where
        line.dept_code is not null
        and line.state = 'settled'
        and stay.last_setl_time >= cast($start as date)
        and stay.last_setl_time < cast($until as date)
    group by line.mdtrt_id, line.dept_code
),

placed as (
    select
        mdtrt_id,
        dept_code,
        row_number() over (partition by mdtrt_id order by amount desc, dept_code asc) as place
    from spent
)

select
    mdtrt_id,
    dept_code
from placed
where place = 1
