-- The one finding behind each row.
-- grain: candidate_id
-- inputs: money.found, money.row_amount
-- parameters: $period
-- limits: a rule that finds a line twice keeps its larger finding
with placed as (
    select
        f.*,
        row_number() over (
            partition by f.candidate_id
            order by
                f.gross_amount desc, f.claim_kind asc, f.part_num desc, f.part_den asc, f.evidence asc, f.reason asc,
                f.item_code asc, f.fixmedins_code asc, f.cnt asc, f.pric asc, f.allowed asc, f.excess asc, f.basis_id asc, f.item_name asc
        ) as place
    from money.found as f
    inner join money.row_amount as a on f.candidate_id = a.candidate_id
    where f.period = $period
)

select
    candidate_id, level, period, fixmedins_code, item_code, item_name, cnt, pric, allowed, excess, gross_amount, evidence, reason, basis_id
from placed
where place = 1
