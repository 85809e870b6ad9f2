-- Issued money out of this period's reach, by line or case; what an issued item holds is laid on the lines that it claims.
-- grain: candidate_id, setl_id, bkkp_sn, payer; fen
-- inputs: money.hold_row, money.own_hold, money.issued, money.found, money.item_line, money.line_share, money.paid, core.settlement
-- parameters: $period, $bundled_line_policy
-- limits: an item's row names no lines: its money is laid first on what its finding claims of each line after what was issued before,
--         then on what issued lines and cases left (the smaller of what line and settlement have left), in the order of the lines;
--         in sum over the item it is exact
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

held_before as (
    select t.candidate_id, t.bkkp_sn, t.payer, cast(sum(h.fen) as hugeint) as fen
    from item as t
    inner join (
        select candidate_id, bkkp_sn, payer, fen
        from direct
        union all
        select candidate_id, bkkp_sn, payer, fen
        from money.own_hold
    ) as h on t.bkkp_sn = h.bkkp_sn and t.payer = h.payer
    inner join money.issued as i on h.candidate_id = i.candidate_id and t.held_since >= i.held_since
    group by t.candidate_id, t.bkkp_sn, t.payer
),

line as (
    select
        t.candidate_id, t.setl_id, t.bkkp_sn, t.payer, t.held,
        greatest(t.share - coalesce(h.fen, 0), 0) as line_left,
        greatest(p.fen - coalesce(c.fen, 0), 0) as settlement_left,
        coalesce(greatest((2 * t.share * a.part_num + a.part_den) // (2 * a.part_den) - coalesce(b.fen, 0), 0), 0) as asked
    from item as t
    inner join money.paid as p on t.setl_id = p.setl_id and t.payer = p.payer
    left join asked as a on t.candidate_id = a.candidate_id and t.setl_id = a.setl_id and t.bkkp_sn = a.bkkp_sn
    left join held_before as b on t.candidate_id = b.candidate_id and t.bkkp_sn = b.bkkp_sn and t.payer = b.payer
    left join held_line as h on t.setl_id = h.setl_id and t.bkkp_sn = h.bkkp_sn and t.payer = h.payer
    left join held_settlement as c on t.setl_id = c.setl_id and t.payer = c.payer
),

step as (
    select candidate_id, setl_id, bkkp_sn, payer, held, settlement_left, 0 as step, least(asked, line_left) as fen
    from line
    union all
    select candidate_id, setl_id, bkkp_sn, payer, held, settlement_left, 1 as step, line_left - least(asked, line_left) as fen
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

running as (
    select
        candidate_id, setl_id, bkkp_sn, payer, held, step,
        least(upto, settlement_left) - least(upto - fen, settlement_left) as room
    from added
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
