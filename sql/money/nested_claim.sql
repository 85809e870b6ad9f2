-- One yuan once: what each candidate claims of each payer after those served before it and holds, beside the payer's cap.
-- grain: candidate_id, setl_id, turn, payer; kept (part of the claim), claim, gross (before what came back since it was issued; fen)
-- inputs: money.payer_amount, money.candidate, money.kept_claim, money.own_before, money.payer_cap, money.held_place,
--         money.recovered_line
-- parameters: $period
-- limits: within a line (or at case level) claims nest, claim = max(0, amount - already claimed), and what came back for the very line
--         counts as claimed. Served in this order: what others hold, what this period's issued candidates keep, what earlier quarters
--         may still claim (rows of theirs, taken as if nothing had come back beside what is held), then what this period's issued
--         candidates add, and its new ones. So what two quarters add never meets, whoever was issued first.
--         Over the settlement claims are cut at the payer's cap (payer_claim)
with kept_place as (
    select setl_id, coalesce(bkkp_sn, '') as place, payer, cast(sum(fen) as hugeint) as fen
    from money.kept_claim
    group by setl_id, coalesce(bkkp_sn, ''), payer
),

placed as (
    select
        a.candidate_id, a.setl_id, a.bkkp_sn, a.payer, a.turn, a.held, a.share, a.amount,
        c.period <> $period as earlier,
        coalesce(k.fen, 0) as kept,
        least(a.amount, coalesce(w.fen, 0)) as issued,
        coalesce(p.fen, 0) as kept_here,
        coalesce(h.fen, 0) as held_here,
        coalesce(r.fen, 0) as back_here,
        coalesce(
            max(case when c.period <> $period then a.amount end) over (partition by a.setl_id, a.bkkp_sn, a.payer), 0
        ) as earlier_amount
    from money.payer_amount as a
    inner join money.candidate as c on a.candidate_id = c.candidate_id and a.setl_id = c.setl_id and a.turn = c.turn
    left join money.kept_claim as k
        on a.candidate_id = k.candidate_id and a.setl_id = k.setl_id and a.turn = k.turn and a.payer = k.payer
    left join money.own_before as w on a.held and a.candidate_id = w.candidate_id and a.payer = w.payer
    left join kept_place as p on a.setl_id = p.setl_id and coalesce(a.bkkp_sn, '') = p.place and a.payer = p.payer
    left join money.held_place as h on a.setl_id = h.setl_id and coalesce(a.bkkp_sn, '') = h.place and a.payer = h.payer
    left join money.recovered_line as r on a.setl_id = r.setl_id and a.bkkp_sn = r.bkkp_sn and a.payer = r.payer
),

running as (
    select
        candidate_id, setl_id, bkkp_sn, payer, turn, held, earlier, kept, kept_here, issued, share, amount,
        case
            when earlier then greatest(held_here + kept_here, back_here)
            else greatest(held_here, back_here, earlier_amount)
        end as gone,
        max(amount) over (partition by setl_id, bkkp_sn, payer, earlier) as most,
        coalesce(
            max(amount) over (
                partition by setl_id, bkkp_sn, payer, earlier
                order by turn
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as amount_before
    from placed
),

-- what each would claim had nothing of this period been issued, beyond what it keeps, and what is left for all such
wanted as (
    select
        candidate_id, setl_id, bkkp_sn, payer, turn, held, earlier, kept, issued,
        greatest(
            least(share, greatest(gone, amount, amount_before)) - least(share, greatest(gone, amount_before)) - kept, 0
        ) as more,
        case
            when earlier then share
            else greatest(least(share, greatest(gone, most)) - least(share, gone) - kept_here, 0)
        end as room
    from running
),

added as (
    select
        candidate_id, setl_id, payer, turn, held, earlier, kept, issued, more, room,
        sum(more) over (
            partition by setl_id, bkkp_sn, payer, earlier
            order by turn
            rows between unbounded preceding and current row
        ) as upto
    from wanted
),

nested as (
    select
        candidate_id, setl_id, payer, turn, held, earlier, kept, issued,
        kept + least(upto, room) - least(upto - more, room) as claim
    from added
)

select
    n.candidate_id, n.setl_id, n.turn, n.payer, n.held, n.earlier,
    cast(n.kept as hugeint) as kept,
    cast(n.claim as hugeint) as claim,
    cast(greatest(n.claim, n.issued) as hugeint) as gross,
    c.cap
from nested as n
inner join money.payer_cap as c on n.setl_id = c.setl_id and n.payer = c.payer
