-- Settlements of the counted visits or purchases of persons in their spans of days.
-- grain: wanted row's person and pattern, and settlement
-- inputs: score.person_wanted (psn_id, pattern, code = kind, first_day, last_day), finding.person_visit, core.settlement
-- parameters: none
-- known limits: dialysis and visits by a fixed schedule are no counted visits
select distinct
    w.psn_id,
    w.pattern,
    s.setl_id,
    s.paid as fund_amount
from score.person_wanted as w
inner join finding.person_visit as v
    on w.psn_id = v.psn_id and w.code = v.kind and v.visit_date between w.first_day and w.last_day
inner join core.settlement as s on v.mdtrt_id = s.mdtrt_id
where not v.is_dialysis and not v.is_scheduled and s.refund_state <> 'full'
