-- grain: one insurance, provider level and day of settlement of grouped cases: the payment parameters that apply
-- inputs: score.tier_case, cur.pay_par
-- parameters: none
-- known limits: the most special parameters apply (insurance, then level), then the newest; none = no row
with payer as (
    select
        insutype,
        hosp_lv,
        setl_date
    from score.tier_case
    group by insutype, hosp_lv, setl_date
),

priced as (
    select
        p.insutype,
        p.hosp_lv,
        p.setl_date,
        r.rate,
        coalesce(r.coef, 1) as coef,
        coalesce(r.low_mult, 0) as low_mult,
        r.high_mult,
        row_number() over (
            partition by p.insutype, p.hosp_lv, p.setl_date
            order by
                case when r.insutype = '*' then 1 else 0 end asc,
                case when coalesce(r.hosp_lv, '*') = '*' then 1 else 0 end asc,
                r.valid_from desc,
                coalesce(r.final, '0') desc,
                r.rate asc
        ) as turn
    from payer as p
    inner join cur.pay_par as r
        on
            (r.insutype = '*' or p.insutype = r.insutype)
            and (coalesce(r.hosp_lv, '*') = '*' or p.hosp_lv = r.hosp_lv)
            and p.setl_date >= r.valid_from
            and p.setl_date <= coalesce(r.valid_to, date '9999-12-31')
)

select
    insutype,
    hosp_lv,
    setl_date,
    rate,
    coef,
    low_mult,
    high_mult
from priced
where turn = 1
