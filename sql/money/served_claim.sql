-- Claims less what earlier quarters may still put forward: issued candidates that have grown leave them room.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.decided_claim, money.candidate, money.payer_amount, money.payer_cap, money.held_place, money.own_hold, money.recovered_line
-- parameters: $period
-- limits: earlier quarters see what this one has issued and no more of it, so all that it adds comes after them; what it holds stays.
--         What they may claim is taken as if nothing of this quarter stood before them, which is never too little.
--         Items are not cut: they name lines of their own quarter
with earlier_place as (
    select a.setl_id, coalesce(a.bkkp_sn, '') as place, a.payer, max(least(a.share, a.amount)) as amount
    from money.payer_amount as a
    inner join money.candidate as c on a.candidate_id = c.candidate_id and a.setl_id = c.setl_id and a.turn = c.turn
    where c.period <> $period
    group by a.setl_id, coalesce(a.bkkp_sn, ''), a.payer
),

earlier as (
    select
        e.setl_id, e.payer,
        cast(sum(greatest(e.amount - greatest(coalesce(h.fen, 0), coalesce(r.fen, 0)), 0)) as hugeint) as fen
    from earlier_place as e
    left join money.held_place as h on e.setl_id = h.setl_id and e.place = h.place and e.payer = h.payer
    left join money.recovered_line as r on e.setl_id = r.setl_id and e.place = r.bkkp_sn and e.payer = r.payer
    group by e.setl_id, e.payer
),

own as (
    select setl_id, payer, cast(sum(fen) as hugeint) as fen
    from money.own_hold
    group by setl_id, payer
),

room as (
    select
        e.setl_id, e.payer,
        greatest(c.cap - e.fen, coalesce(o.fen, 0)) as fen
    from earlier as e
    inner join money.payer_cap as c on e.setl_id = c.setl_id and e.payer = c.payer
    left join own as o on e.setl_id = o.setl_id and e.payer = o.payer
),

added as (
    select
        d.candidate_id, d.setl_id, d.turn, d.payer, d.fen, r.fen as room,
        sum(d.fen) over (
            partition by d.setl_id, d.payer order by d.turn rows between unbounded preceding and current row
        ) as upto
    from money.decided_claim as d
    inner join money.candidate as c on d.candidate_id = c.candidate_id and d.setl_id = c.setl_id and d.turn = c.turn
    inner join room as r on d.setl_id = r.setl_id and d.payer = r.payer
    where c.period = $period and c.level <> 'item'
)

select
    d.candidate_id, d.setl_id, d.turn, d.payer,
    cast(
        case when a.upto is null then d.fen else least(a.upto, a.room) - least(a.upto - a.fen, a.room) end as hugeint
    ) as fen
from money.decided_claim as d
left join added as a on d.setl_id = a.setl_id and d.turn = a.turn and d.payer = a.payer
