-- One yuan once: what each candidate claims of each payer after those served before it, holds, recoveries and the payer's own net.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.payer_amount, money.paid, money.recovered_line, money.recovered_settlement, money.hold
-- parameters: none
-- limits: within a line (or at case level) claims nest, claim = max(0, amount - already claimed); over the settlement they add up to the
--         payer's cap, in the order of `turn`
with held_place as (
    select setl_id, coalesce(bkkp_sn, '') as place, payer, cast(sum(fen) as hugeint) as fen
    from money.hold
    group by setl_id, coalesce(bkkp_sn, ''), payer
),

held as (
    select setl_id, payer, cast(sum(fen) as hugeint) as fen
    from money.hold
    group by setl_id, payer
),

back as (
    select setl_id, payer, cast(sum(fen) as hugeint) as fen
    from (
        select setl_id, payer, fen
        from money.recovered_line
        union all
        select setl_id, payer, fen
        from money.recovered_settlement
    ) as both_levels
    group by setl_id, payer
),

caps as (
    select
        p.setl_id, p.payer,
        greatest(p.fen - coalesce(b.fen, 0) - coalesce(h.fen, 0), 0) as cap
    from money.paid as p
    left join back as b on p.setl_id = b.setl_id and p.payer = b.payer
    left join held as h on p.setl_id = h.setl_id and p.payer = h.payer
),

running as (
    select
        a.candidate_id, a.setl_id, a.payer, a.turn, a.ceiling, coalesce(h.fen, 0) as held, a.amount,
        coalesce(
            max(a.amount) over (
                partition by a.setl_id, a.bkkp_sn, a.payer
                order by a.turn
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as amount_before
    from money.payer_amount as a
    left join held_place as h on a.setl_id = h.setl_id and coalesce(a.bkkp_sn, '') = h.place and a.payer = h.payer
),

nested as (
    select
        candidate_id, setl_id, payer, turn,
        least(ceiling, greatest(held, amount, amount_before)) - least(ceiling, greatest(held, amount_before)) as claim
    from running
),

added_up as (
    select
        n.candidate_id, n.setl_id, n.payer, n.turn, n.claim, c.cap,
        sum(n.claim) over (
            partition by n.setl_id, n.payer order by n.turn rows between unbounded preceding and current row
        ) as claimed
    from nested as n
    inner join caps as c on n.setl_id = c.setl_id and n.payer = c.payer
)

select
    candidate_id, setl_id, turn, payer,
    cast(least(claimed, cap) - least(claimed - claim, cap) as hugeint) as fen
from added_up
