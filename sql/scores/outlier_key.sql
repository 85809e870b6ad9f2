-- grain: one kind of case at one provider with what the other providers of its peer group average on it: means of logarithms,
--   shares of visits, shares of money
-- inputs: temp.outlier_own
-- parameters: none
-- known limits: a kind with fewer than 30 visits or 2 providers among the others takes the averages of its kind of care; what no
--   other provider treats has no average, and nobody stands out there
with narrow as (
    select
        peer_group,
        fixmedins_code,
        case_key,
        wide_key,
        family,
        count(*) over kind - 1 as providers,
        sum(visits) over kind - visits as visits,
        sum(v_repeat) over kind - v_repeat as v_repeat,
        sum(n_cost_in) over kind - n_cost_in as n_cost_in,
        sum(n_cost_out) over kind - n_cost_out as n_cost_out,
        sum(n_days) over kind - n_days as n_days,
        sum(n_return) over kind - n_return as n_return,
        sum(n_weekend) over kind - n_weekend as n_weekend,
        sum(n_night) over kind - n_night as n_night,
        sum(n_all) over kind - n_all as n_all,
        sum(b_beyond) over kind - b_beyond as b_beyond,
        sum(n_line) over kind - n_line as n_line,
        sum(b_line) over kind - b_line as b_line,
        sum(v_cost_in) over kind - v_cost_in as v_cost_in,
        sum(v_cost_out) over kind - v_cost_out as v_cost_out,
        sum(v_days) over kind - v_days as v_days,
        sum(v_return) over kind - v_return as v_return,
        sum(v_weekend) over kind - v_weekend as v_weekend,
        sum(v_night) over kind - v_night as v_night,
        sum(v_refund) over kind - v_refund as v_refund,
        sum(v_beyond) over kind - v_beyond as v_beyond,
        sum(v_items) over kind - v_items as v_items,
        sum(v_drug) over kind - v_drug as v_drug,
        sum(v_herb) over kind - v_herb as v_herb,
        sum(v_exam) over kind - v_exam as v_exam,
        sum(v_lab) over kind - v_lab as v_lab,
        sum(v_treat) over kind - v_treat as v_treat,
        sum(v_material) over kind - v_material as v_material
    from temp.outlier_own
    window kind as (partition by peer_group, case_key)
),

own_wide as (
    select
        peer_group,
        fixmedins_code,
        wide_key,
        sum(visits) as visits,
        sum(v_repeat) as v_repeat,
        sum(n_cost_in) as n_cost_in,
        sum(n_cost_out) as n_cost_out,
        sum(n_days) as n_days,
        sum(n_return) as n_return,
        sum(n_weekend) as n_weekend,
        sum(n_night) as n_night,
        sum(n_all) as n_all,
        sum(b_beyond) as b_beyond,
        sum(n_line) as n_line,
        sum(b_line) as b_line,
        sum(v_cost_in) as v_cost_in,
        sum(v_cost_out) as v_cost_out,
        sum(v_days) as v_days,
        sum(v_return) as v_return,
        sum(v_weekend) as v_weekend,
        sum(v_night) as v_night,
        sum(v_refund) as v_refund,
        sum(v_beyond) as v_beyond,
        sum(v_items) as v_items,
        sum(v_drug) as v_drug,
        sum(v_herb) as v_herb,
        sum(v_exam) as v_exam,
        sum(v_lab) as v_lab,
        sum(v_treat) as v_treat,
        sum(v_material) as v_material
    from temp.outlier_own
    group by peer_group, fixmedins_code, wide_key
),

wide as (
    select
        fixmedins_code,
        wide_key,
        sum(visits) over kind - visits as visits,
        sum(v_repeat) over kind - v_repeat as v_repeat,
        sum(n_cost_in) over kind - n_cost_in as n_cost_in,
        sum(n_cost_out) over kind - n_cost_out as n_cost_out,
        sum(n_days) over kind - n_days as n_days,
        sum(n_return) over kind - n_return as n_return,
        sum(n_weekend) over kind - n_weekend as n_weekend,
        sum(n_night) over kind - n_night as n_night,
        sum(n_all) over kind - n_all as n_all,
        sum(b_beyond) over kind - b_beyond as b_beyond,
        sum(n_line) over kind - n_line as n_line,
        sum(b_line) over kind - b_line as b_line,
        sum(v_cost_in) over kind - v_cost_in as v_cost_in,
        sum(v_cost_out) over kind - v_cost_out as v_cost_out,
        sum(v_days) over kind - v_days as v_days,
        sum(v_return) over kind - v_return as v_return,
        sum(v_weekend) over kind - v_weekend as v_weekend,
        sum(v_night) over kind - v_night as v_night,
        sum(v_refund) over kind - v_refund as v_refund,
        sum(v_beyond) over kind - v_beyond as v_beyond,
        sum(v_items) over kind - v_items as v_items,
        sum(v_drug) over kind - v_drug as v_drug,
        sum(v_herb) over kind - v_herb as v_herb,
        sum(v_exam) over kind - v_exam as v_exam,
        sum(v_lab) over kind - v_lab as v_lab,
        sum(v_treat) over kind - v_treat as v_treat,
        sum(v_material) over kind - v_material as v_material
    from own_wide
    window kind as (partition by peer_group, wide_key)
),

own_tier as (
    select
        peer_group,
        fixmedins_code,
        family,
        sum(n_top) as n_top,
        sum(v_top) as v_top
    from temp.outlier_own
    where family is not null
    group by peer_group, fixmedins_code, family
),

tier as (
    select
        fixmedins_code,
        family,
        (sum(v_top) over kind - v_top) / nullif(sum(n_top) over kind - n_top, 0) as r_top
    from own_tier
    window kind as (partition by peer_group, family)
),

chosen as (
    select
        n.fixmedins_code,
        n.case_key,
        n.family,
        case when n.visits >= 30 and n.providers >= 2 then n.visits else w.visits end as visits,
        case when n.visits >= 30 and n.providers >= 2 then n.v_repeat else w.v_repeat end as v_repeat,
        case when n.visits >= 30 and n.providers >= 2 then n.n_cost_in else w.n_cost_in end as n_cost_in,
        case when n.visits >= 30 and n.providers >= 2 then n.n_cost_out else w.n_cost_out end as n_cost_out,
        case when n.visits >= 30 and n.providers >= 2 then n.n_days else w.n_days end as n_days,
        case when n.visits >= 30 and n.providers >= 2 then n.n_return else w.n_return end as n_return,
        case when n.visits >= 30 and n.providers >= 2 then n.n_weekend else w.n_weekend end as n_weekend,
        case when n.visits >= 30 and n.providers >= 2 then n.n_night else w.n_night end as n_night,
        case when n.visits >= 30 and n.providers >= 2 then n.n_all else w.n_all end as n_all,
        case when n.visits >= 30 and n.providers >= 2 then n.b_beyond else w.b_beyond end as b_beyond,
        case when n.visits >= 30 and n.providers >= 2 then n.n_line else w.n_line end as n_line,
        case when n.visits >= 30 and n.providers >= 2 then n.b_line else w.b_line end as b_line,
        case when n.visits >= 30 and n.providers >= 2 then n.v_cost_in else w.v_cost_in end as v_cost_in,
        case when n.visits >= 30 and n.providers >= 2 then n.v_cost_out else w.v_cost_out end as v_cost_out,
        case when n.visits >= 30 and n.providers >= 2 then n.v_days else w.v_days end as v_days,
        case when n.visits >= 30 and n.providers >= 2 then n.v_return else w.v_return end as v_return,
        case when n.visits >= 30 and n.providers >= 2 then n.v_weekend else w.v_weekend end as v_weekend,
        case when n.visits >= 30 and n.providers >= 2 then n.v_night else w.v_night end as v_night,
        case when n.visits >= 30 and n.providers >= 2 then n.v_refund else w.v_refund end as v_refund,
        case when n.visits >= 30 and n.providers >= 2 then n.v_beyond else w.v_beyond end as v_beyond,
        case when n.visits >= 30 and n.providers >= 2 then n.v_items else w.v_items end as v_items,
        case when n.visits >= 30 and n.providers >= 2 then n.v_drug else w.v_drug end as v_drug,
        case when n.visits >= 30 and n.providers >= 2 then n.v_herb else w.v_herb end as v_herb,
        case when n.visits >= 30 and n.providers >= 2 then n.v_exam else w.v_exam end as v_exam,
        case when n.visits >= 30 and n.providers >= 2 then n.v_lab else w.v_lab end as v_lab,
        case when n.visits >= 30 and n.providers >= 2 then n.v_treat else w.v_treat end as v_treat,
        case when n.visits >= 30 and n.providers >= 2 then n.v_material else w.v_material end as v_material
    from narrow as n
    inner join wide as w on n.fixmedins_code = w.fixmedins_code and n.wide_key = w.wide_key
)

select
    c.fixmedins_code,
    c.case_key,
    t.r_top,
    c.v_repeat / nullif(c.visits, 0) as r_repeat,
    c.v_cost_in / nullif(c.n_cost_in, 0) as r_cost_in,
    c.v_cost_out / nullif(c.n_cost_out, 0) as r_cost_out,
    c.v_days / nullif(c.n_days, 0) as r_days,
    c.v_return / nullif(c.n_return, 0) as r_return,
    c.v_weekend / nullif(c.n_weekend, 0) as r_weekend,
    c.v_night / nullif(c.n_night, 0) as r_night,
    c.v_refund / nullif(c.n_all, 0) as r_refund,
    c.v_beyond / nullif(c.b_beyond, 0) as r_beyond,
    c.v_items / nullif(c.n_line, 0) as r_items,
    c.v_drug / nullif(c.b_line, 0) as r_drug,
    c.v_herb / nullif(c.b_line, 0) as r_herb,
    c.v_exam / nullif(c.b_line, 0) as r_exam,
    c.v_lab / nullif(c.b_line, 0) as r_lab,
    c.v_treat / nullif(c.b_line, 0) as r_treat,
    c.v_material / nullif(c.b_line, 0) as r_material
from chosen as c
left join tier as t on c.fixmedins_code = t.fixmedins_code and c.family = t.family
