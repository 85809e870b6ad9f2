-- What this period's issued candidates had been issued with before money came back for their settlement.
-- grain: candidate_id, payer; fen
-- inputs: money.own_issue, money.issued, cur.recovered_d
-- parameters: none
-- limits: only recoveries that name the settlement and no line, decided after the last one that the first issue knew; an item's
--         candidate has none
with first_back as (
    select i.candidate_id, min(r.decided_on) as decided_on
    from money.issued as i
    inner join cur.recovered_d as r on i.setl_id = r.setl_id and coalesce(i.recovered_until, i.as_of) < r.decided_on
    where r.bkkp_sn is null
    group by i.candidate_id
),

last_issue as (
    select o.candidate_id, max(o.place) as place
    from money.own_issue as o
    inner join first_back as b on o.candidate_id = b.candidate_id and o.known_until < b.decided_on
    group by o.candidate_id
)

select o.candidate_id, o.payer, cast(sum(o.fen) as hugeint) as fen
from money.own_issue as o
inner join last_issue as l on o.candidate_id = l.candidate_id and o.place = l.place
group by o.candidate_id, o.payer
