-- One yuan once: what each candidate claims of each payer after those served before it and holds, beside the payer's cap.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.payer_amount, money.payer_cap, money.held_place, money.recovered_line
-- parameters: none
-- limits: within a line (or at case level) claims nest, claim = max(0, amount - already claimed), and what came back for the very line
--         counts as claimed; over the settlement they are cut at the payer's cap (payer_claim)
with running as (
    select
        a.candidate_id, a.setl_id, a.payer, a.turn, a.held, a.share, a.amount,
        greatest(coalesce(h.fen, 0), coalesce(r.fen, 0)) as gone,
        coalesce(
            max(a.amount) over (
                partition by a.setl_id, a.bkkp_sn, a.payer
                order by a.turn
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as amount_before
    from money.payer_amount as a
    left join money.held_place as h on a.setl_id = h.setl_id and coalesce(a.bkkp_sn, '') = h.place and a.payer = h.payer
    left join money.recovered_line as r on a.bkkp_sn = r.bkkp_sn and a.payer = r.payer
),

nested as (
    select
        candidate_id, setl_id, payer, turn, held,
        least(share, greatest(gone, amount, amount_before)) - least(share, greatest(gone, amount_before)) as claim
    from running
)

select
    n.candidate_id, n.setl_id, n.turn, n.payer, n.held,
    cast(n.claim as hugeint) as claim,
    c.cap
from nested as n
inner join money.payer_cap as c on n.setl_id = c.setl_id and n.payer = c.payer
