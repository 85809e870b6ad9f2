-- Visits of a newborn settled under a parent's number: another person, whatever the number says.
-- grain: mdtrt_id
-- inputs: core.diagnosis, core.settlement
-- parameters: $newborn_diagnoses (prefixes of the main diagnosis)
-- known limits: told by the age of who settled, so where the age is missing nobody is told apart; empty without core.diagnosis
select distinct s.mdtrt_id
from core.diagnosis as d
inner join core.settlement as s on d.setl_id = s.setl_id
cross join unnest(cast($newborn_diagnoses as varchar[])) as p (prefix)
where
    d.is_main and d.is_icd and starts_with(d.diag_code, p.prefix)
    and s.age between 1 and 120 and s.refund_state <> 'full'
