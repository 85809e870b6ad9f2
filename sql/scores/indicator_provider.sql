-- grain: one provider and quarter in which it settled anything here
-- inputs: core.settlement, score.peer
-- parameters: first_quarter, last_quarter (such as 2025Q1)
-- known limits: pharmacies are left out: they have neither stays nor services, so none of the indicators speaks of them
select
    s.fixmedins_code,
    p.fixmedins_name,
    p.peer_group,
    s.quarter,
    count(*) as settlements
from core.settlement as s
inner join score.peer as p on s.fixmedins_code = p.fixmedins_code
where
    s.source = 'setl_d'
    and p.wide_group <> '药店'
    and s.quarter between $first_quarter and $last_quarter
group by s.fixmedins_code, p.fixmedins_name, p.peer_group, s.quarter
order by s.fixmedins_code, s.quarter
