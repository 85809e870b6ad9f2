-- Decisions that name a case of second review, upcoding or gathering, by what the id is made of.
-- grain: candidate_id
-- inputs: core.settlement
-- parameters: $candidates (ids), $codes (the codes of such cases)
-- limits: an id is a hash, so every settlement is tried
with asked as (
    select a.candidate_id
    from unnest(cast($candidates as varchar[])) as a (candidate_id)
),

named as (
    select r.rule_id, s.setl_id, sha256(r.rule_id || '|' || s.setl_id || '|') as candidate_id
    from core.settlement as s
    cross join unnest(cast($codes as varchar[])) as r (rule_id)
)

select n.candidate_id, n.rule_id, n.setl_id
from asked as a
inner join named as n on a.candidate_id = n.candidate_id
order by n.candidate_id
