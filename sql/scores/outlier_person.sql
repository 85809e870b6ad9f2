-- grain: one kind of case at one doctor of one provider: how many persons
-- inputs: core.settlement, temp.outlier_line, temp.outlier_stay
-- parameters: start, until (dates, until exclusive)
-- known limits: persons are told apart by twelve of the hexadecimal digits of their pseudonym; kinds and doctors as in outlier_cell
with seen as (
    select
        s.fixmedins_code,
        coalesce(s.chfpdr_code, l.doctor_code, '') as doctor_code,
        concat('O|', s.med_type, '|', coalesce(s.dise_codg, l.chapter, '')) as case_key,
        substr(s.psn_id, 1, 12) as person
    from core.settlement as s
    left join temp.outlier_line as l on s.setl_id = l.setl_id
    where
        s.source = 'setl_d'
        and not s.is_inpatient
        and s.net_medfee_sumamt > 0
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
    union all
    select
        fixmedins_code,
        coalesce(doctor_code, '') as doctor_code,
        case_key,
        substr(psn_id, 1, 12) as person
    from temp.outlier_stay
    where cost > 0
),

once as (
    select
        fixmedins_code,
        doctor_code,
        case_key,
        person
    from seen
    group by fixmedins_code, doctor_code, case_key, person
)

select
    fixmedins_code,
    doctor_code,
    case_key,
    cast(count(*) as double) as persons
from once
group by fixmedins_code, doctor_code, case_key
