-- grain: one case billed in a tier above the lowest of its family
-- inputs: score.cost_case, score.peer
-- parameters: none
-- known limits: the caller keeps the providers that stand out
select
    c.setl_id,
    c.fixmedins_code,
    p.peer_group,
    c.grp_ver,
    c.grp_code,
    substr(c.grp_code, 1, 3) as adrg,
    substr(c.grp_code, 4, 1) as tier,
    c.log_cost,
    c.wt,
    c.pay_std,
    c.paid
from score.cost_case as c
inner join score.peer as p on c.fixmedins_code = p.fixmedins_code
where
    c.grp_type = 'DRG'
    and length(c.grp_code) = 4
    and substr(c.grp_code, 4, 1) in ('1', '3')
order by c.fixmedins_code, c.setl_id
