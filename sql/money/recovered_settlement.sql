-- Money already back for whole settlements, and what lines gave back beyond their share, split over the fund payers in proportion.
-- grain: setl_id, payer; fen
-- inputs: cur.recovered_d, core.fee_line, money.paid, money.recovered_line
-- parameters: none
-- limits: never more than was paid; recoveries that name a provider and a period only are not spread
with named as (
    select
        coalesce(r.setl_id, l.setl_id) as setl_id,
        r.fund_amount
    from cur.recovered_d as r
    left join core.fee_line as l on r.setl_id is null and r.bkkp_sn = l.bkkp_sn
),

back as (
    select setl_id, cast(greatest(sum(fund_amount), 0) * 100 as hugeint) as fen
    from named
    where setl_id is not null
    group by setl_id
),

by_line as (
    select setl_id, payer, cast(sum(fen) as hugeint) as fen
    from money.recovered_line
    group by setl_id, payer
),

rest as (
    select
        p.setl_id, p.payer, p.place, b.fen as back,
        greatest(p.fen - coalesce(l.fen, 0), 0) as paid,
        coalesce(l.fen, 0) as gone
    from money.paid as p
    inner join back as b on p.setl_id = b.setl_id
    left join by_line as l on p.setl_id = l.setl_id and p.payer = l.payer
    where p.is_fund
),

totals as (
    select
        setl_id,
        cast(sum(paid) as hugeint) as total,
        cast(least(greatest(max(back) - sum(gone), 0), sum(paid)) as hugeint) as back
    from rest
    group by setl_id
),

floors as (
    select
        r.setl_id, r.payer, r.place, t.back,
        t.back * r.paid // t.total as fen,
        t.back * r.paid % t.total as remainder
    from rest as r
    inner join totals as t on r.setl_id = t.setl_id
    where t.back > 0
),

ranked as (
    select
        *,
        back - sum(fen) over (partition by setl_id) as left_over,
        row_number() over (partition by setl_id order by remainder desc, place asc) as turn
    from floors
)

select setl_id, payer, cast(fen + case when turn <= left_over then 1 else 0 end as hugeint) as fen
from ranked
