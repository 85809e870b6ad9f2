-- Issued money out of this period's reach, by line or case; what an issued item holds is spread over what its lines have left.
-- grain: candidate_id, setl_id, bkkp_sn, payer; fen
-- inputs: money.hold_row, money.item_line, money.line_share, money.paid
-- parameters: none
-- limits: an item's claim names no lines, so it is spread in proportion to what issued lines and cases left of each line (the
--         smaller of what its line and what its settlement has left); in sum over the item it is exact
with direct as (
    select candidate_id, setl_id, bkkp_sn, payer, fen
    from money.hold_row
    where setl_id is not null
),

held_line as (
    select setl_id, bkkp_sn, payer, cast(sum(fen) as hugeint) as fen
    from direct
    where bkkp_sn is not null
    group by setl_id, bkkp_sn, payer
),

held_settlement as (
    select setl_id, payer, cast(sum(fen) as hugeint) as fen
    from direct
    group by setl_id, payer
),

item as (
    select
        r.candidate_id, s.setl_id, s.bkkp_sn, s.payer, r.fen as held,
        greatest(s.share - coalesce(h.fen, 0), 0) as line_left,
        greatest(p.fen - coalesce(t.fen, 0), 0) as settlement_left
    from money.hold_row as r
    inner join money.item_line as l on r.candidate_id = l.candidate_id
    inner join money.line_share as s on l.setl_id = s.setl_id and l.bkkp_sn = s.bkkp_sn and r.payer = s.payer
    inner join money.paid as p on s.setl_id = p.setl_id and s.payer = p.payer
    left join held_line as h on s.setl_id = h.setl_id and s.bkkp_sn = h.bkkp_sn and s.payer = h.payer
    left join held_settlement as t on s.setl_id = t.setl_id and s.payer = t.payer
    where r.setl_id is null
),

added as (
    select
        candidate_id, setl_id, bkkp_sn, payer, held, line_left, settlement_left,
        sum(line_left) over (
            partition by candidate_id, payer, setl_id order by bkkp_sn rows between unbounded preceding and current row
        ) as upto
    from item
),

left_over as (
    select
        candidate_id, setl_id, bkkp_sn, payer, held,
        cast(least(upto, settlement_left) - least(upto - line_left, settlement_left) as hugeint) as room
    from added
),

running as (
    select
        candidate_id, setl_id, bkkp_sn, payer, held, room,
        cast(sum(room) over (partition by candidate_id, payer) as hugeint) as total,
        cast(
            sum(room) over (
                partition by candidate_id, payer order by setl_id, bkkp_sn rows between unbounded preceding and current row
            ) as hugeint
        ) as upto
    from left_over
)

select candidate_id, setl_id, bkkp_sn, payer, cast(fen as hugeint) as fen
from direct
union all
select
    candidate_id, setl_id, bkkp_sn, payer,
    cast(least(held, total) * upto // total - least(held, total) * (upto - room) // total as hugeint) as fen
from running
where total > 0
