-- What each fund payer paid where the payers' net amounts say too much: of DRG/DIP cases priced below what was settled, the
-- standard less the person's part; where more came back under a payer than it had paid, what is left of all together.
-- grain: setl_id (only where that is less than the sum of the payers' net payments)
-- inputs: core.netted, cur.drg_grp_d
-- parameters: none
-- limits: whole numbers of fen, spread by largest remainder; ties of remainders go by the order of payers
with candidate as (
    select
        n.setl_id, n.has_refund, n.net_medfee, n.net_part, n.hi_paymtd, g.pay_std,
        n.net_hifp, n.net_cvlserv, n.net_hifes, n.net_hifmi, n.net_hifob, n.net_hifdm, n.net_maf, n.net_oth,
        n.net_hifp + n.net_cvlserv + n.net_hifes + n.net_hifmi + n.net_hifob + n.net_hifdm + n.net_maf + n.net_oth as left_of_all
    from core.netted as n
    left join cur.drg_grp_d as g on n.setl_id = g.setl_id and n.hi_paymtd in ('3', '4')
    where
        g.pay_std is not null
        or (
            n.has_refund
            and least(
                n.net_hifp, n.net_cvlserv, n.net_hifes, n.net_hifmi, n.net_hifob, n.net_hifdm, n.net_maf, n.net_oth
            ) < 0
        )
),

priced as (
    select
        setl_id,
        cast(
            case
                when net_medfee <= 0 or (has_refund and left_of_all <= 0) then 0
                when pay_std is null then left_of_all
                when has_refund
                    then least(left_of_all, greatest(pay_std - greatest(coalesce(net_part, 0), 0), 0))
                else greatest(pay_std - greatest(coalesce(net_part, 0), 0), 0)
            end * 100
            as hugeint
        ) as paid,
        net_hifp, net_cvlserv, net_hifes, net_hifmi, net_hifob, net_hifdm, net_maf, net_oth
    from candidate
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
