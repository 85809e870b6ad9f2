-- What came back for a settlement since its candidates were issued: it pays them off, those issued first before the others.
-- grain: candidate_id, setl_id, turn, payer; fen
-- inputs: money.nested_claim, money.candidate, money.issued, money.paid, cur.recovered_d
-- parameters: none
-- limits: only recoveries that name the settlement and no line, decided after the last one that the issued list knew; never more
--         than an issued candidate claims, or had been issued with before (gross), so that what came back beyond them only lowers the cap
with told as (
    select c.candidate_id, c.setl_id, c.turn, coalesce(i.recovered_until, i.as_of) as known_until
    from money.candidate as c
    inner join money.issued as i on c.candidate_id = i.candidate_id
    where c.held
),

later as (
    select t.candidate_id, t.setl_id, t.turn, cast(greatest(sum(r.fund_amount), 0) * 100 as hugeint) as fen
    from told as t
    inner join cur.recovered_d as r on t.setl_id = r.setl_id and t.known_until < r.decided_on
    where r.bkkp_sn is null
    group by t.candidate_id, t.setl_id, t.turn
),

owed as (
    select n.candidate_id, n.setl_id, n.turn, n.payer, p.place, n.gross as claim
    from money.nested_claim as n
    inner join money.paid as p on n.setl_id = p.setl_id and n.payer = p.payer
    where n.held and p.is_fund
),

totals as (
    select candidate_id, setl_id, turn, cast(sum(claim) as hugeint) as claim
    from owed
    group by candidate_id, setl_id, turn
),

added as (
    select
        t.candidate_id, t.setl_id, t.turn, t.claim,
        coalesce(l.fen, 0) as back,
        sum(t.claim) over (
            partition by t.setl_id order by t.turn rows between unbounded preceding and current row
        ) as claimed
    from totals as t
    left join later as l on t.candidate_id = l.candidate_id and t.setl_id = l.setl_id and t.turn = l.turn
),

reached as (
    select
        candidate_id, setl_id, turn, claim,
        max(least(back, claimed)) over (
            partition by setl_id order by turn rows between unbounded preceding and current row
        ) as upto,
        coalesce(
            max(least(back, claimed)) over (
                partition by setl_id order by turn rows between unbounded preceding and 1 preceding
            ), 0
        ) as before
    from added
),

floors as (
    select
        o.candidate_id, o.setl_id, o.turn, o.payer, o.place,
        least(r.upto - r.before, r.claim) as back,
        least(r.upto - r.before, r.claim) * o.claim // r.claim as fen,
        least(r.upto - r.before, r.claim) * o.claim % r.claim as remainder
    from owed as o
    inner join reached as r on o.candidate_id = r.candidate_id and o.setl_id = r.setl_id and o.turn = r.turn
    where r.claim > 0 and r.upto > r.before
),

ranked as (
    select
        *,
        back - sum(fen) over (partition by candidate_id, setl_id, turn) as left_over,
        row_number() over (partition by candidate_id, setl_id, turn order by remainder desc, place asc) as turn_of
    from floors
)

select
    candidate_id, setl_id, turn, payer,
    cast(fen + case when turn_of <= left_over then 1 else 0 end as hugeint) as fen
from ranked
