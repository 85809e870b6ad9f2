-- grain: one provider, family of groups (first three characters of a DRG), age band and sex: cases and those in the top tiers
-- inputs: score.cost_case, score.peer
-- parameters: none
-- known limits: only codes of four characters that end in 1, 3 or 5 have a severity; age and sex are all the case mix there is
select
    c.fixmedins_code,
    p.peer_group,
    c.grp_ver,
    substr(c.grp_code, 1, 3) as adrg,
    case
        when c.age is null then 'x'
        when c.age < 18 then '0'
        when c.age < 45 then '1'
        when c.age < 60 then '2'
        when c.age < 70 then '3'
        when c.age < 80 then '4'
        else '5'
    end as age_band,
    coalesce(c.gend, 'x') as gend,
    count(*) as cases,
    cast(sum(case when substr(c.grp_code, 4, 1) in ('1', '3') then 1 else 0 end) as bigint) as top_cases
from score.cost_case as c
inner join score.peer as p on c.fixmedins_code = p.fixmedins_code
where
    c.grp_type = 'DRG'
    and length(c.grp_code) = 4
    and substr(c.grp_code, 4, 1) in ('1', '3', '5')
group by c.fixmedins_code, p.peer_group, c.grp_ver, adrg, age_band, coalesce(c.gend, 'x')
order by p.peer_group, c.grp_ver, adrg, age_band, coalesce(c.gend, 'x'), c.fixmedins_code
