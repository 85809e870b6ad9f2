-- grain: one kind of case at one provider: the sums of its doctors' cells
-- inputs: temp.outlier_cell, score.peer
-- parameters: none
-- known limits: a person seen by two doctors of the provider counts once with each
select
    p.peer_group,
    c.fixmedins_code,
    c.case_key,
    min(c.wide_key) as wide_key,
    min(c.family) as family,
    sum(c.visits) as visits,
    sum(c.visits - c.persons) as v_repeat,
    sum(c.n_top) as n_top,
    sum(c.v_top) as v_top,
    sum(c.n_cost_in) as n_cost_in,
    sum(c.n_cost_out) as n_cost_out,
    sum(c.n_days) as n_days,
    sum(c.n_return) as n_return,
    sum(c.n_weekend) as n_weekend,
    sum(c.n_night) as n_night,
    sum(c.n_all) as n_all,
    sum(c.b_beyond) as b_beyond,
    sum(c.n_line) as n_line,
    sum(c.b_line) as b_line,
    sum(c.v_cost_in) as v_cost_in,
    sum(c.v_cost_out) as v_cost_out,
    sum(c.v_days) as v_days,
    sum(c.v_return) as v_return,
    sum(c.v_weekend) as v_weekend,
    sum(c.v_night) as v_night,
    sum(c.v_refund) as v_refund,
    sum(c.v_beyond) as v_beyond,
    sum(c.v_items) as v_items,
    sum(c.v_drug) as v_drug,
    sum(c.v_herb) as v_herb,
    sum(c.v_exam) as v_exam,
    sum(c.v_lab) as v_lab,
    sum(c.v_treat) as v_treat,
    sum(c.v_material) as v_material
from temp.outlier_cell as c
inner join score.peer as p on c.fixmedins_code = p.fixmedins_code
group by p.peer_group, c.fixmedins_code, c.case_key
