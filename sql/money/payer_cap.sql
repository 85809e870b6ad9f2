-- What is left of each payer's payment for a settlement: net of what came back and of issued money out of this period's reach.
-- grain: setl_id, payer; cap (fen)
-- inputs: money.paid, money.recovered_line, money.recovered_settlement, money.hold
-- parameters: none
-- limits: never below nothing
with gone as (
    select setl_id, payer, cast(sum(fen) as hugeint) as fen
    from (
        select setl_id, payer, fen
        from money.recovered_line
        union all
        select setl_id, payer, fen
        from money.recovered_settlement
        union all
        select setl_id, payer, fen
        from money.hold
    ) as all_levels
    group by setl_id, payer
)

select
    p.setl_id, p.payer,
    greatest(p.fen - coalesce(g.fen, 0), 0) as cap
from money.paid as p
left join gone as g on p.setl_id = g.setl_id and p.payer = g.payer
