-- Issued money out of this period's reach, by line or case; what an issued item holds is laid on the lines that it claims.
-- grain: candidate_id, setl_id, bkkp_sn, payer; fen
-- inputs: money.hold_row, money.own_hold, money.issued, money.found, money.item_line, money.line_share, money.paid,
--         money.recovered_line, money.recovered_settlement, core.settlement
-- parameters: $period, $bundled_line_policy
-- limits: an item's row names no lines: its money is laid where its own quarter claims it: first on what its finding claims of each
--         line, then on the rest, in the order of the lines, within what came back and what was issued before it left of line and
--         settlement; what finds no room there within what other quarters leave. In sum over the item it is exact
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
    select r.candidate_id, i.held_since, l.setl_id, l.bkkp_sn, s.payer, s.share, r.fen as held
    from money.hold_row as r
    inner join money.issued as i on r.candidate_id = i.candidate_id
    inner join money.item_line as l on r.candidate_id = l.candidate_id
    inner join money.line_share as s on l.setl_id = s.setl_id and l.bkkp_sn = s.bkkp_sn and r.payer = s.payer
    inner join core.settlement as c on l.setl_id = c.setl_id
    -- lines that cannot be claimed hold nothing, such as those of a settlement whose account alone paid
    where r.setl_id is null and c.paid > 0 and not (c.bundled = 1 and $bundled_line_policy = 'none')
),

asked as (
    select
        candidate_id, setl_id, bkkp_sn,
        max(cast(least(part_num, part_den) * 10000 as hugeint)) as part_num,
        max(cast(part_den * 10000 as hugeint)) as part_den
    from money.found
    where level = 'item' and bkkp_sn is not null and period <= $period and part_num > 0 and part_den > 0
    group by candidate_id, setl_id, bkkp_sn
    having count(*) = 1
),

held_place as (
    select bkkp_sn, setl_id, payer, candidate_id, fen
    from direct
    union all
    select bkkp_sn, setl_id, payer, candidate_id, fen
    from money.own_hold
    where setl_id is not null
),

place as (
    select candidate_id, held_since, setl_id, bkkp_sn, payer
    from item
    union all
    select distinct candidate_id, held_since, setl_id, cast(null as varchar) as bkkp_sn, payer
    from item
),

-- what was issued before the item, on each of its lines and (no bkkp_sn) on the whole settlement
held_before as (
    select t.candidate_id, t.setl_id, t.bkkp_sn, t.payer, cast(sum(h.fen) as hugeint) as fen
    from place as t
    inner join held_place as h
        on t.setl_id = h.setl_id and t.payer = h.payer and (t.bkkp_sn is null or t.bkkp_sn = h.bkkp_sn)
    inner join money.issued as i on h.candidate_id = i.candidate_id and t.held_since >= i.held_since
    group by t.candidate_id, t.setl_id, t.bkkp_sn, t.payer
),

back_line as (
    select setl_id, payer, cast(sum(fen) as hugeint) as fen
    from money.recovered_line
    group by setl_id, payer
),

line as (
    select
        t.candidate_id, t.setl_id, t.bkkp_sn, t.payer, t.held,
        greatest(t.share - coalesce(h.fen, 0), 0) as line_left,
        greatest(t.share - greatest(coalesce(h.fen, 0), coalesce(b.fen, 0), coalesce(r.fen, 0)), 0) as line_free,
        greatest(p.fen - coalesce(c.fen, 0), 0) as settlement_left,
        greatest(
            p.fen - greatest(coalesce(c.fen, 0), coalesce(e.fen, 0)) - coalesce(g.fen, 0) - coalesce(n.fen, 0), 0
        ) as settlement_free,
        coalesce(greatest((2 * t.share * a.part_num + a.part_den) // (2 * a.part_den) - coalesce(b.fen, 0), 0), 0) as asked
    from item as t
    inner join money.paid as p on t.setl_id = p.setl_id and t.payer = p.payer
    left join asked as a on t.candidate_id = a.candidate_id and t.setl_id = a.setl_id and t.bkkp_sn = a.bkkp_sn
    left join held_before as b
        on t.candidate_id = b.candidate_id and t.setl_id = b.setl_id and t.bkkp_sn = b.bkkp_sn and t.payer = b.payer
    left join held_before as e
        on t.candidate_id = e.candidate_id and t.setl_id = e.setl_id and e.bkkp_sn is null and t.payer = e.payer
    left join held_line as h on t.setl_id = h.setl_id and t.bkkp_sn = h.bkkp_sn and t.payer = h.payer
    left join held_settlement as c on t.setl_id = c.setl_id and t.payer = c.payer
    left join money.recovered_line as r on t.setl_id = r.setl_id and t.bkkp_sn = r.bkkp_sn and t.payer = r.payer
    left join back_line as g on t.setl_id = g.setl_id and t.payer = g.payer
    left join money.recovered_settlement as n on t.setl_id = n.setl_id and t.payer = n.payer
),

step as (
    select
        candidate_id, setl_id, bkkp_sn, payer, held, settlement_left, settlement_free, 0 as step,
        least(asked, line_free) as fen
    from line
    union all
    select
        candidate_id, setl_id, bkkp_sn, payer, held, settlement_left, settlement_free, 1 as step,
        line_free - least(asked, line_free) as fen
    from line
    union all
    select
        candidate_id, setl_id, bkkp_sn, payer, held, settlement_left, 0 as settlement_free, 2 as step,
        line_left - line_free as fen
    from line
),

added as (
    select
        *,
        sum(fen) over (
            partition by candidate_id, payer, setl_id order by step, bkkp_sn rows between unbounded preceding and current row
        ) as upto
    from step
),

fitted as (
    select
        candidate_id, setl_id, bkkp_sn, payer, held, step,
        least(upto, settlement_free) - least(upto - fen, settlement_free) as free,
        least(upto, settlement_left) - least(upto - fen, settlement_left) as room
    from added
),

running as (
    select candidate_id, setl_id, bkkp_sn, payer, held, step, free as room
    from fitted
    union all
    select candidate_id, setl_id, bkkp_sn, payer, held, step + 3 as step, room - free as room
    from fitted
),

laid as (
    select
        candidate_id, setl_id, bkkp_sn, payer, held, room,
        sum(room) over (
            partition by candidate_id, payer order by step, setl_id, bkkp_sn rows between unbounded preceding and current row
        ) as upto
    from running
)

select candidate_id, setl_id, bkkp_sn, payer, cast(fen as hugeint) as fen
from direct
union all
select
    candidate_id, setl_id, bkkp_sn, payer,
    cast(sum(least(upto, held) - least(upto - room, held)) as hugeint) as fen
from laid
group by candidate_id, setl_id, bkkp_sn, payer
