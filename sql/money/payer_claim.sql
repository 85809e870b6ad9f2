-- What each candidate claims of each payer: its nested claim less what paid it off, within the payer's cap.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.nested_claim, money.paid_off
-- parameters: none
-- limits: what paid it off is taken off the gross amount, not off a claim that an issue has lowered by it already; claims add up until
--         the cap is reached: what issued candidates keep, earlier quarters, the others, each in the order of `turn`
with owed as (
    select
        n.candidate_id, n.setl_id, n.turn, n.payer, n.cap, n.earlier,
        least(n.kept, n.gross - coalesce(o.fen, 0)) as kept,
        least(n.claim, n.gross - coalesce(o.fen, 0)) as claim
    from money.nested_claim as n
    left join money.paid_off as o
        on n.candidate_id = o.candidate_id and n.setl_id = o.setl_id and n.turn = o.turn and n.payer = o.payer
),

part as (
    select candidate_id, setl_id, turn, payer, cap, 0 as step, kept as fen
    from owed
    where kept > 0
    union all
    select
        candidate_id, setl_id, turn, payer, cap,
        case when earlier then 1 else 2 end as step,
        claim - kept as fen
    from owed
),

added as (
    select
        candidate_id, setl_id, turn, payer, cap, fen,
        sum(fen) over (
            partition by setl_id, payer order by step, turn rows between unbounded preceding and current row
        ) as upto
    from part
)

select
    candidate_id, setl_id, turn, payer,
    cast(sum(least(upto, cap) - least(upto - fen, cap)) as hugeint) as fen
from added
group by candidate_id, setl_id, turn, payer
