-- grain: one provider, or one doctor of one provider: visits and, for every measure, the number of visits behind it (n_), its base (b_:
--   visits or yuan), its sum (v_) and the sum beyond what the other providers
--   of its peer group average on its own mix of cases (e_)
-- inputs: temp.outlier_cell, temp.outlier_key, score.peer
-- parameters: none
-- known limits: excesses are rounded to millionths a kind of case before they are summed, so that the order of threads cannot show
with term as (
    select
        c.fixmedins_code,
        c.doctor_code,
        c.visits,
        case when k.r_top is not null then c.n_top else 0 end as n_top,
        case when k.r_top is not null then c.v_top else 0 end as v_top,
        coalesce(cast(cast(c.v_top as double) - cast(c.n_top as double) * k.r_top as decimal(18, 6)), 0) as e_top,
        c.visits - c.persons as v_repeat,
        coalesce(cast(cast(c.visits - c.persons as double) - cast(c.visits as double) * k.r_repeat as decimal(18, 6)), 0) as e_repeat,
        c.n_cost_in,
        c.n_cost_out,
        c.n_days,
        c.n_return,
        c.n_weekend,
        c.n_night,
        c.n_all,
        c.n_beyond,
        c.b_beyond,
        c.n_line,
        c.b_line,
        c.v_cost_in,
        c.v_cost_out,
        c.v_days,
        c.v_return,
        c.v_weekend,
        c.v_night,
        c.v_refund,
        c.v_beyond,
        c.v_items,
        c.v_drug,
        c.v_herb,
        c.v_exam,
        c.v_lab,
        c.v_treat,
        c.v_material,
        coalesce(cast(cast(c.v_cost_in as double) - cast(c.n_cost_in as double) * k.r_cost_in as decimal(18, 6)), 0) as e_cost_in,
        coalesce(cast(cast(c.v_cost_out as double) - cast(c.n_cost_out as double) * k.r_cost_out as decimal(18, 6)), 0) as e_cost_out,
        coalesce(cast(cast(c.v_days as double) - cast(c.n_days as double) * k.r_days as decimal(18, 6)), 0) as e_days,
        coalesce(cast(cast(c.v_return as double) - cast(c.n_return as double) * k.r_return as decimal(18, 6)), 0) as e_return,
        coalesce(cast(cast(c.v_weekend as double) - cast(c.n_weekend as double) * k.r_weekend as decimal(18, 6)), 0) as e_weekend,
        coalesce(cast(cast(c.v_night as double) - cast(c.n_night as double) * k.r_night as decimal(18, 6)), 0) as e_night,
        coalesce(cast(cast(c.v_refund as double) - cast(c.n_all as double) * k.r_refund as decimal(18, 6)), 0) as e_refund,
        coalesce(cast(cast(c.v_beyond as double) - cast(c.b_beyond as double) * k.r_beyond as decimal(18, 6)), 0) as e_beyond,
        coalesce(cast(cast(c.v_items as double) - cast(c.n_line as double) * k.r_items as decimal(18, 6)), 0) as e_items,
        coalesce(cast(cast(c.v_drug as double) - cast(c.b_line as double) * k.r_drug as decimal(18, 6)), 0) as e_drug,
        coalesce(cast(cast(c.v_herb as double) - cast(c.b_line as double) * k.r_herb as decimal(18, 6)), 0) as e_herb,
        coalesce(cast(cast(c.v_exam as double) - cast(c.b_line as double) * k.r_exam as decimal(18, 6)), 0) as e_exam,
        coalesce(cast(cast(c.v_lab as double) - cast(c.b_line as double) * k.r_lab as decimal(18, 6)), 0) as e_lab,
        coalesce(cast(cast(c.v_treat as double) - cast(c.b_line as double) * k.r_treat as decimal(18, 6)), 0) as e_treat,
        coalesce(cast(cast(c.v_material as double) - cast(c.b_line as double) * k.r_material as decimal(18, 6)), 0) as e_material
    from temp.outlier_cell as c
    inner join temp.outlier_key as k on c.fixmedins_code = k.fixmedins_code and c.case_key = k.case_key
),

unit as (
    select
        'provider' as level,
        term.fixmedins_code as unit_code,
        term.*
    from term
    union all
    select
        'doctor' as level,
        term.doctor_code as unit_code,
        term.*
    from term
    where term.doctor_code is not null
)

select
    u.level,
    u.fixmedins_code,
    p.fixmedins_name,
    u.unit_code,
    p.peer_group,
    cast(sum(u.visits) as bigint) as visits,
    cast(sum(u.n_top) as double) as n_top,
    cast(sum(u.v_top) as double) as v_top,
    cast(sum(u.e_top) as double) as e_top,
    cast(sum(u.v_repeat) as double) as v_repeat,
    cast(sum(u.e_repeat) as double) as e_repeat,
    cast(sum(u.n_cost_in) as double) as n_cost_in,
    cast(sum(u.n_cost_out) as double) as n_cost_out,
    cast(sum(u.n_days) as double) as n_days,
    cast(sum(u.n_return) as double) as n_return,
    cast(sum(u.n_weekend) as double) as n_weekend,
    cast(sum(u.n_night) as double) as n_night,
    cast(sum(u.n_all) as double) as n_all,
    cast(sum(u.n_beyond) as double) as n_beyond,
    cast(sum(u.b_beyond) as double) as b_beyond,
    cast(sum(u.n_line) as double) as n_line,
    cast(sum(u.b_line) as double) as b_line,
    cast(sum(u.v_cost_in) as double) as v_cost_in,
    cast(sum(u.v_cost_out) as double) as v_cost_out,
    cast(sum(u.v_days) as double) as v_days,
    cast(sum(u.v_return) as double) as v_return,
    cast(sum(u.v_weekend) as double) as v_weekend,
    cast(sum(u.v_night) as double) as v_night,
    cast(sum(u.v_refund) as double) as v_refund,
    cast(sum(u.v_beyond) as double) as v_beyond,
    cast(sum(u.v_items) as double) as v_items,
    cast(sum(u.v_drug) as double) as v_drug,
    cast(sum(u.v_herb) as double) as v_herb,
    cast(sum(u.v_exam) as double) as v_exam,
    cast(sum(u.v_lab) as double) as v_lab,
    cast(sum(u.v_treat) as double) as v_treat,
    cast(sum(u.v_material) as double) as v_material,
    cast(sum(u.e_cost_in) as double) as e_cost_in,
    cast(sum(u.e_cost_out) as double) as e_cost_out,
    cast(sum(u.e_days) as double) as e_days,
    cast(sum(u.e_return) as double) as e_return,
    cast(sum(u.e_weekend) as double) as e_weekend,
    cast(sum(u.e_night) as double) as e_night,
    cast(sum(u.e_refund) as double) as e_refund,
    cast(sum(u.e_beyond) as double) as e_beyond,
    cast(sum(u.e_items) as double) as e_items,
    cast(sum(u.e_drug) as double) as e_drug,
    cast(sum(u.e_herb) as double) as e_herb,
    cast(sum(u.e_exam) as double) as e_exam,
    cast(sum(u.e_lab) as double) as e_lab,
    cast(sum(u.e_treat) as double) as e_treat,
    cast(sum(u.e_material) as double) as e_material
from unit as u
inner join score.peer as p on u.fixmedins_code = p.fixmedins_code
group by u.level, u.fixmedins_code, p.fixmedins_name, u.unit_code, p.peer_group
order by u.level, u.fixmedins_code, u.unit_code
