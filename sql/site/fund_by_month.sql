-- What the funds paid, month by month and district of the provider, for the report site.
-- grain: month, admdvs
-- inputs: core.settlement, core.provider
-- parameters: start_on, end_on (months, end open)
-- known limits: providers without a district stand under an empty one; settlements elsewhere stand under their provider's
select
    s.month,
    coalesce(p.admdvs, '') as admdvs,
    count(*) as settlements,
    count(distinct s.fixmedins_code) as providers,
    sum(s.paid) as fund_amount
from core.settlement as s
left join core.provider as p on s.fixmedins_code = p.fixmedins_code
where s.month >= $start_on and s.month < $end_on
group by s.month, coalesce(p.admdvs, '')
order by s.month, coalesce(p.admdvs, '')
