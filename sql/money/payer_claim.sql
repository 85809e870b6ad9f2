-- What each candidate claims of each payer: its nested claim less what paid it off, within the payer's cap.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.nested_claim, money.paid_off
-- parameters: none
-- limits: claims add up in the order of `turn` until the cap is reached
with owed as (
    select
        n.candidate_id, n.setl_id, n.turn, n.payer, n.cap,
        cast(n.claim - coalesce(o.fen, 0) as hugeint) as claim
    from money.nested_claim as n
    left join money.paid_off as o
        on n.candidate_id = o.candidate_id and n.setl_id = o.setl_id and n.turn = o.turn and n.payer = o.payer
),

added as (
    select
        *,
        sum(claim) over (
            partition by setl_id, payer order by turn rows between unbounded preceding and current row
        ) as claimed
    from owed
)

select
    candidate_id, setl_id, turn, payer,
    cast(least(claimed, cap) - least(claimed - claim, cap) as hugeint) as fen
from added
