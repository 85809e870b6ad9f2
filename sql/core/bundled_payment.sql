-- What each fund payer paid of DRG/DIP cases priced below what was settled: the standard less the person's part,
-- spread by largest remainder.
-- grain: setl_id (only cases where the standard pays less than the net fund payment)
-- inputs: core.netted, cur.drg_grp_d
-- parameters: none
-- limits: whole numbers of fen; ties of remainders go by the order of payers
with priced as (
    select
        n.setl_id,
        cast(
            case when n.net_medfee <= 0 then 0 else greatest(g.pay_std - greatest(coalesce(n.net_part, 0), 0), 0) end * 100
            as hugeint
        ) as paid,
        n.net_hifp, n.net_cvlserv, n.net_hifes, n.net_hifmi, n.net_hifob, n.net_hifdm, n.net_maf, n.net_oth
    from core.netted as n
    inner join cur.drg_grp_d as g on n.setl_id = g.setl_id
    where n.hi_paymtd in ('3', '4') and g.pay_std is not null
),

by_payer as (
    select setl_id, paid, 1 as place, cast(greatest(net_hifp, 0) * 100 as hugeint) as net from priced
    union all
    select setl_id, paid, 2 as place, cast(greatest(net_cvlserv, 0) * 100 as hugeint) as net from priced
    union all
    select setl_id, paid, 3 as place, cast(greatest(net_hifes, 0) * 100 as hugeint) as net from priced
    union all
    select setl_id, paid, 4 as place, cast(greatest(net_hifmi, 0) * 100 as hugeint) as net from priced
    union all
    select setl_id, paid, 5 as place, cast(greatest(net_hifob, 0) * 100 as hugeint) as net from priced
    union all
    select setl_id, paid, 6 as place, cast(greatest(net_hifdm, 0) * 100 as hugeint) as net from priced
    union all
    select setl_id, paid, 7 as place, cast(greatest(net_maf, 0) * 100 as hugeint) as net from priced
    union all
    select setl_id, paid, 8 as place, cast(greatest(net_oth, 0) * 100 as hugeint) as net from priced
),

totals as (
    select setl_id, cast(sum(net) as hugeint) as net_fund
    from by_payer
    group by setl_id
),

floors as (
    select
        p.setl_id, p.place, p.paid,
        p.net * p.paid // t.net_fund as fen,
        p.net * p.paid % t.net_fund as remainder
    from by_payer as p
    inner join totals as t on p.setl_id = t.setl_id
    where t.net_fund > p.paid
),

ranked as (
    select
        setl_id, place, fen,
        paid - sum(fen) over (partition by setl_id) as left_over,
        row_number() over (partition by setl_id order by remainder desc, place asc) as turn
    from floors
),

settled as (
    select setl_id, place, cast(fen + case when turn <= left_over then 1 else 0 end as decimal(20, 0)) as fen
    from ranked
)

select
    setl_id,
    cast(sum(case when place = 1 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_hifp,
    cast(sum(case when place = 2 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_cvlserv,
    cast(sum(case when place = 3 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_hifes,
    cast(sum(case when place = 4 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_hifmi,
    cast(sum(case when place = 5 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_hifob,
    cast(sum(case when place = 6 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_hifdm,
    cast(sum(case when place = 7 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_maf,
    cast(sum(case when place = 8 then fen else 0 end) * 0.01 as decimal(16, 2)) as paid_oth
from settled
group by setl_id
