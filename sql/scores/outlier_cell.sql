-- grain: one kind of case at one doctor of one provider (doctor null: nobody or several are named)
-- inputs: temp.outlier_visit
-- parameters: none
-- known limits: sums of logarithms are decimals, so that they do not depend on the order of threads
select
    fixmedins_code,
    doctor_code,
    case_key,
    wide_key,
    family,
    sum(kept) as visits,
    count(*) as n_all,
    sum(refunded) as v_refund,
    count(distinct case when kept = 1 then psn_id end) as persons,
    count(case when is_inpatient = 1 then log_cost end) as n_cost_in,
    coalesce(sum(case when is_inpatient = 1 then log_cost end), 0) as v_cost_in,
    count(case when is_inpatient = 0 then log_cost end) as n_cost_out,
    coalesce(sum(case when is_inpatient = 0 then log_cost end), 0) as v_cost_out,
    count(log_days) as n_days,
    coalesce(sum(log_days), 0) as v_days,
    sum(case when is_inpatient = 1 then kept else 0 end) as n_return,
    sum(case when is_inpatient = 1 then kept * is_return else 0 end) as v_return,
    sum(case when family is not null then kept else 0 end) as n_top,
    sum(case when family is not null then kept * is_top else 0 end) as v_top,
    sum(case when is_inpatient = 0 then kept else 0 end) as n_weekend,
    sum(kept * weekend) as v_weekend,
    sum(kept * timed) as n_night,
    sum(kept * timed * night) as v_night,
    count(fee) as n_beyond,
    coalesce(sum(fee), 0) as b_beyond,
    coalesce(sum(beyond), 0) as v_beyond,
    count(log_lines) as n_line,
    coalesce(sum(log_lines), 0) as v_items,
    coalesce(sum(amount), 0) as b_line,
    coalesce(sum(drug), 0) as v_drug,
    coalesce(sum(herb), 0) as v_herb,
    coalesce(sum(exam), 0) as v_exam,
    coalesce(sum(lab), 0) as v_lab,
    coalesce(sum(treat), 0) as v_treat,
    coalesce(sum(material), 0) as v_material
from temp.outlier_visit
group by fixmedins_code, doctor_code, case_key, wide_key, family
