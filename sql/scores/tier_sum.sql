-- grain: one provider, family and tier (1, 3, 5): cases, weights, payment standards, money paid, log costs
-- inputs: score.cost_case, score.peer
-- parameters: none
-- known limits: sums, so that a provider can be taken out of its peers by subtraction
select
    c.fixmedins_code,
    p.peer_group,
    c.grp_ver,
    substr(c.grp_code, 1, 3) as adrg,
    substr(c.grp_code, 4, 1) as tier,
    count(*) as cases,
    count(c.wt) as wt_cases,
    sum(coalesce(c.wt, 0)) as wt,
    count(c.pay_std) as std_cases,
    sum(coalesce(c.pay_std, 0)) as pay_std,
    sum(c.paid) as paid,
    sum(c.log_cost) as log_sum,
    sum(cast(c.log_cost * c.log_cost as decimal(18, 9))) as log_square
from score.cost_case as c
inner join score.peer as p on c.fixmedins_code = p.fixmedins_code
where
    c.grp_type = 'DRG'
    and length(c.grp_code) = 4
    and substr(c.grp_code, 4, 1) in ('1', '3', '5')
group by c.fixmedins_code, p.peer_group, c.grp_ver, adrg, tier
order by p.peer_group, c.grp_ver, adrg, tier, c.fixmedins_code
