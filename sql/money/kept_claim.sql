-- What this period's issued candidates keep of what they were issued with, whatever other quarters were issued with since.
-- grain: candidate_id, setl_id, turn, payer; with its line (bkkp_sn); fen
-- inputs: money.payer_amount, money.candidate, money.payer_cap, money.own_hold, money.own_cut, money.own_issue, money.held_place,
--         money.recovered_line
-- parameters: none
-- limits: of a line (or at case level) they nest in the order of their issue after what came back for the line; never more than they
--         were issued with (an item in sum over its lines), nor than all others leave of the share. The cut of a decision comes
--         later (decided_claim), so one that was cut keeps the most that it was issued with, or was it never issued with more, all that
--         it would claim: what the decision took off goes to no other rule
with reached as (
    select
        a.candidate_id, a.setl_id, a.bkkp_sn, a.turn, a.payer,
        least(a.share, a.amount) - coalesce(r.fen, 0) as upto,
        greatest(a.share - greatest(coalesce(h.fen, 0), coalesce(r.fen, 0)), 0) as room
    from money.payer_amount as a
    left join money.held_place as h on a.setl_id = h.setl_id and coalesce(a.bkkp_sn, '') = h.place and a.payer = h.payer
    left join money.recovered_line as r on a.setl_id = r.setl_id and a.bkkp_sn = r.bkkp_sn and a.payer = r.payer
    where a.held
),

running as (
    select
        candidate_id, setl_id, bkkp_sn, turn, payer, room,
        greatest(
            max(upto) over (
                partition by setl_id, bkkp_sn, payer order by turn rows between unbounded preceding and current row
            ), 0
        ) as upto,
        greatest(
            coalesce(
                max(upto) over (
                    partition by setl_id, bkkp_sn, payer order by turn rows between unbounded preceding and 1 preceding
                ), 0
            ), 0
        ) as before
    from reached
),

summed as (
    select
        candidate_id, setl_id, bkkp_sn, turn, payer, room, upto - before as claim,
        sum(upto - before) over (
            partition by setl_id, payer order by turn rows between unbounded preceding and current row
        ) as claimed
    from running
),

-- an item keeps its money where there is some: not on lines of a settlement whose payment is claimed by those before it
fitted as (
    select
        s.candidate_id, s.setl_id, s.bkkp_sn, s.turn, s.payer, s.room,
        case
            when c.kind = 'item' then least(s.claimed, p.cap) - least(s.claimed - s.claim, p.cap)
            else s.claim
        end as claim
    from summed as s
    inner join money.candidate as c on s.candidate_id = c.candidate_id and s.setl_id = c.setl_id and s.turn = c.turn
    inner join money.payer_cap as p on s.setl_id = p.setl_id and s.payer = p.payer
),

most as (
    select candidate_id, payer, max(fen) as fen
    from money.own_issue
    group by candidate_id, payer
),

issued_with as (
    select h.candidate_id, h.payer, cast(sum(h.fen) as hugeint) as fen
    from money.own_hold as h
    left join money.own_cut as t on h.candidate_id = t.candidate_id
    where t.candidate_id is null
    group by h.candidate_id, h.payer
    union all
    select m.candidate_id, m.payer, cast(m.fen as hugeint) as fen
    from most as m
    inner join money.own_cut as t on m.candidate_id = t.candidate_id
    where not t.only_cut
),

added as (
    select
        r.candidate_id, r.setl_id, r.bkkp_sn, r.turn, r.payer, r.room, r.claim, o.fen as issued,
        sum(r.claim) over (
            partition by r.candidate_id, r.payer order by r.setl_id, r.bkkp_sn, r.turn
            rows between unbounded preceding and current row
        ) as claimed
    from fitted as r
    left join issued_with as o on r.candidate_id = o.candidate_id and r.payer = o.payer
    left join money.own_cut as t on r.candidate_id = t.candidate_id
    where o.candidate_id is not null or t.only_cut
),

kept as (
    select
        candidate_id, setl_id, bkkp_sn, turn, payer, room,
        case when issued is null then claim else least(claimed, issued) - least(claimed - claim, issued) end as fen
    from added
),

placed as (
    select
        candidate_id, setl_id, bkkp_sn, turn, payer, room, fen,
        sum(fen) over (
            partition by setl_id, bkkp_sn, payer order by turn rows between unbounded preceding and current row
        ) as upto
    from kept
)

select
    candidate_id, setl_id, bkkp_sn, turn, payer,
    cast(least(upto, room) - least(upto - fen, room) as hugeint) as fen
from placed
