-- Where the flagged persons went in what flagged them: providers and doctors.
-- grain: person, pattern, provider, doctor (null where none is named)
-- inputs: score.person_evidence, score.person_settlement
-- parameters: $period
-- known limits: a settlement behind two patterns counts in both
select
    e.psn_id,
    e.pattern,
    s.fixmedins_code,
    s.dr_code,
    count(*) as settlements,
    min(s.begndate) as first_day,
    max(s.begndate) as last_day,
    cast(sum(e.fund_amount) as decimal(16, 2)) as fund_amount
from score.person_evidence as e
inner join score.person_settlement as s on e.setl_id = s.setl_id
where e.period = $period
group by e.psn_id, e.pattern, s.fixmedins_code, s.dr_code
order by e.psn_id, e.pattern, s.fixmedins_code, s.dr_code
