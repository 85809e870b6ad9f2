-- Rules whose finding was left with nothing, named on the rows that hold the money.
-- grain: candidate_id of a row
-- inputs: money.candidate, money.row_amount
-- parameters: $period
-- limits: a line's finding is named on its line's rows, else on the settlement's case-level rows, else on all its rows;
--         a case-level finding on all rows of its settlement
with left_empty as (
    select c.setl_id, c.bkkp_sn, c.rule_id
    from money.candidate as c
    left join money.row_amount as a on c.candidate_id = a.candidate_id
    where c.period = $period and a.candidate_id is null
),

reach as (
    select
        a.candidate_id, a.rule_id as row_rule, e.setl_id, e.bkkp_sn, e.rule_id,
        case
            when e.bkkp_sn is null or a.bkkp_sn = e.bkkp_sn then 1
            when a.bkkp_sn is null then 2
            else 3
        end as distance
    from left_empty as e
    inner join money.row_amount as a on e.setl_id = a.setl_id
),

nearest as (
    select
        *,
        min(distance) over (partition by setl_id, bkkp_sn, rule_id) as best
    from reach
)

select
    candidate_id,
    '["' || array_to_string(list_sort(list(distinct rule_id)), '","') || '"]' as also_found_by
from nearest
where distance = best and rule_id <> row_rule
group by candidate_id
