-- grain: one grouped case with a priced group: its plain standard (yuan), its cost over that, and the multiples that apply
-- inputs: score.tier_case, score.tier_rate
-- parameters: none
-- known limits: the plain standard is rate x weight x coefficient, before the rules for outliers
select
    c.setl_id,
    cast(round(cast(r.rate * c.wt as decimal(22, 10)) * r.coef, 2) as decimal(16, 2)) as standard,
    cast(cast(c.cost as double) / (cast(r.rate as double) * cast(c.wt as double) * cast(r.coef as double)) as decimal(18, 6)) as ratio,
    r.low_mult,
    r.high_mult
from score.tier_case as c
inner join score.tier_rate as r
    on
        c.insutype = r.insutype and coalesce(c.hosp_lv, '') = coalesce(r.hosp_lv, '') and c.setl_date = r.setl_date
where c.wt > 0 and r.rate > 0 and r.coef > 0 and c.cost > 0
order by c.setl_id
