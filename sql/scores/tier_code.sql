-- grain: one grouped DRG case of a tiered family and one of its secondary diagnoses, with its level by the knowledge points
-- inputs: score.tier_case, core.diagnosis, cur.kp_cc
-- parameters: none
-- known limits: points apply on the day of settlement; MCC wins over CC; a trailing * is a prefix; exclusions by main diagnosis
--   are the grouper's, which has spoken through the billed group
with used as (
    select
        t.setl_id,
        t.setl_date,
        d.diag_code
    from core.diagnosis as d
    inner join score.tier_case as t on d.setl_id = t.setl_id
    where t.digit is not null and d.is_icd and not d.is_main and d.diag_code is not null
    group by t.setl_id, t.setl_date, d.diag_code
),

code as (
    select diag_code from used
    group by diag_code
),

point as (
    select
        subject_code,
        upper(level) as level,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_until
    from cur.kp_cc
    where subject_code is not null and upper(level) in ('MCC', 'CC')
),

matched as (
    select
        c.diag_code,
        p.level,
        p.valid_from,
        p.valid_until
    from code as c
    inner join point as p on c.diag_code = p.subject_code
    union all
    select
        c.diag_code,
        p.level,
        p.valid_from,
        p.valid_until
    from code as c
    inner join point as p on substr(c.diag_code, 1, length(p.subject_code) - 1) = substr(p.subject_code, 1, length(p.subject_code) - 1)
    where p.subject_code like '%*'
)

select
    u.setl_id,
    u.diag_code,
    max(m.level) as level
from used as u
left join matched as m
    on u.diag_code = m.diag_code and u.setl_date >= m.valid_from and u.setl_date <= m.valid_until
group by u.setl_id, u.diag_code
order by u.setl_id, u.diag_code
