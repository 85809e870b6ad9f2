-- grain: one kind of case at one doctor of one provider (doctor '': nobody or several are named); a kind is a DRG/DIP group, or
--   outside the ward a kind of care with a disease register or the first three characters of the main diagnosis
-- inputs: core.settlement, temp.outlier_line, temp.outlier_stay, temp.outlier_person
-- parameters: start, until (dates, until exclusive)
-- known limits: midnight to the second is a date without a time and says nothing of the hour; what a part refund left says nothing
--   of cost; sums (fen, millionths of a logarithm) are whole numbers held as doubles, exact below 2^53 and so the same in
--   whatever order they are added
with visit as (
    select
        s.fixmedins_code,
        coalesce(s.chfpdr_code, l.doctor_code, '') as doctor_code,
        false as inside,
        concat('O|', s.med_type) as wide_key,
        concat('O|', s.med_type, '|', coalesce(s.dise_codg, l.chapter, '')) as case_key,
        cast(null as varchar) as family,
        0 as is_top,
        0 as is_return,
        cast(null as bigint) as days,
        case when s.refund_state = 'none' then 0 else 1 end as refunded,
        round(cast(s.net_medfee_sumamt as double) * 100) as cost,
        case when s.inscp_scp_amt is not null then round(cast(s.medfee_sumamt as double) * 100) end as fee,
        round(cast(s.medfee_sumamt - s.inscp_scp_amt as double) * 100) as beyond,
        case when cast(s.setl_time as date) = s.setl_time then 0 else 1 end as timed,
        case when hour(s.setl_time) >= 20 or hour(s.setl_time) < 7 then 1 else 0 end as night,
        -- 5 January 1970 was a Monday; the numbering of weekdays differs between engines
        case
            when date_diff('day', cast('1970-01-05' as date), cast(s.setl_time as date)) % 7 >= 5 then 1 else 0
        end as weekend,
        l.lines,
        l.amount,
        l.drug,
        l.herb,
        l.exam,
        l.lab,
        l.treat,
        l.material
    from core.settlement as s
    left join temp.outlier_line as l on s.setl_id = l.setl_id
    where
        s.source = 'setl_d'
        and not s.is_inpatient
        and s.setl_time >= cast($start as date)
        and s.setl_time < cast($until as date)
    union all
    select
        fixmedins_code,
        coalesce(doctor_code, '') as doctor_code,
        true as inside,
        'I' as wide_key,
        case_key,
        case
            when length(grp_code) = 4 and substr(grp_code, 4, 1) in ('1', '3', '5')
                then substr(case_key, 1, length(case_key) - 1)
        end as family,
        case when length(grp_code) = 4 and substr(grp_code, 4, 1) in ('1', '3') then 1 else 0 end as is_top,
        is_return,
        days,
        refunded,
        cost,
        fee,
        beyond,
        0 as timed,
        0 as night,
        0 as weekend,
        lines,
        amount,
        drug,
        herb,
        exam,
        lab,
        treat,
        material
    from temp.outlier_stay
),

measured as (
    select
        visit.*,
        case when visit.cost > 0 then 1 else 0 end as kept,
        case when visit.cost >= 100 and visit.refunded = 0 then round(ln(visit.cost / 100) * 1000000) end as log_cost,
        case when visit.days >= 0 then round(ln(visit.days + 1) * 1000000) end as log_days,
        case when visit.lines > 0 then round(ln(visit.lines) * 1000000) end as log_lines
    from visit
),

cell as (
    select
        fixmedins_code,
        doctor_code,
        case_key,
        min(wide_key) as wide_key,
        min(family) as family,
        sum(cast(kept as double)) as visits,
        cast(count(*) as double) as n_all,
        sum(cast(refunded as double)) as v_refund,
        cast(count(case when inside then log_cost end) as double) as n_cost_in,
        coalesce(sum(case when inside then log_cost end), 0) as v_cost_in,
        cast(count(case when not inside then log_cost end) as double) as n_cost_out,
        coalesce(sum(case when not inside then log_cost end), 0) as v_cost_out,
        cast(count(log_days) as double) as n_days,
        coalesce(sum(log_days), 0) as v_days,
        sum(cast(case when inside then kept else 0 end as double)) as n_return,
        sum(cast(kept * is_return as double)) as v_return,
        sum(cast(case when family is not null then kept else 0 end as double)) as n_top,
        sum(cast(kept * is_top as double)) as v_top,
        sum(cast(case when inside then 0 else kept end as double)) as n_weekend,
        sum(cast(kept * weekend as double)) as v_weekend,
        sum(cast(kept * timed as double)) as n_night,
        sum(cast(kept * timed * night as double)) as v_night,
        cast(count(fee) as double) as n_beyond,
        coalesce(sum(fee), 0) as b_beyond,
        coalesce(sum(case when beyond > 0 then beyond end), 0) as v_beyond,
        cast(count(log_lines) as double) as n_line,
        coalesce(sum(log_lines), 0) as v_items,
        coalesce(sum(amount), 0) as b_line,
        coalesce(sum(drug), 0) as v_drug,
        coalesce(sum(herb), 0) as v_herb,
        coalesce(sum(exam), 0) as v_exam,
        coalesce(sum(lab), 0) as v_lab,
        coalesce(sum(treat), 0) as v_treat,
        coalesce(sum(material), 0) as v_material
    from measured
    group by fixmedins_code, doctor_code, case_key
)

select
    cell.*,
    coalesce(person.persons, 0) as persons
from cell
left join temp.outlier_person as person
    on
        cell.fixmedins_code = person.fixmedins_code
        and cell.doctor_code = person.doctor_code
        and cell.case_key = person.case_key
