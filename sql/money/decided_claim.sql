-- Claims that a decision upheld in part, cut to the fund money it named; the others as they are.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.frame_claim, money.standing
-- parameters: none
-- limits: fund payers by largest remainder, accounts in the same proportion rounded down; a decision never adds to a claim, and
--         what it took off stays unclaimed by other rules of the same quarter
with ordered as (
    select
        candidate_id, setl_id, turn, payer, fen,
        payer not in ('acct', 'acct_mulaid') as is_fund
    from money.frame_claim
),

totals as (
    select candidate_id, cast(sum(case when is_fund then fen else 0 end) as hugeint) as total
    from ordered
    group by candidate_id
),

cut as (
    select t.candidate_id, t.total, cast(greatest(s.decided_amount, 0) * 100 as hugeint) as kept
    from totals as t
    inner join money.standing as s on t.candidate_id = s.candidate_id
    where s.decided_amount is not null and t.total > s.decided_amount * 100
),

floors as (
    select
        o.candidate_id, o.setl_id, o.turn, o.payer, o.is_fund,
        case when c.total is null then o.fen else o.fen * c.kept // c.total end as fen,
        case when c.total is null or not o.is_fund then 0 else o.fen * c.kept % c.total end as remainder,
        c.kept
    from ordered as o
    left join cut as c on o.candidate_id = c.candidate_id
),

ranked as (
    select
        *,
        kept - sum(case when is_fund then fen else 0 end) over (partition by candidate_id) as left_over,
        row_number() over (
            partition by candidate_id order by is_fund desc, remainder desc, setl_id asc, turn asc, payer asc
        ) as place
    from floors
)

select
    candidate_id, setl_id, turn, payer,
    cast(fen + case when is_fund and place <= left_over then 1 else 0 end as hugeint) as fen
from ranked
