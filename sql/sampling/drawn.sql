-- The settlements drawn, as the list shows them.
-- grain: setl_id
-- inputs: score.review_placed, core.settlement, cur.mdtrt_d
-- parameters: $seed, $rule_id
-- limits: a result comes back in decision_d under candidate_id, SHA-256 of "rule_id|setl_id|" as for any case-level candidate
select
    p.setl_id, p.stratum,
    round(cast(least(p.take, p.population) as double) / p.population, 8) as selection_probability,
    cast($seed as bigint) as seed,
    sha256($rule_id || '|' || p.setl_id || '|') as candidate_id,
    p.month, p.fixmedins_code, s.fixmedins_name, s.mdtrt_id, v.ipt_otp_no, s.med_type, s.setl_time,
    s.paid as fund_amount,
    p.lot
from score.review_placed as p
inner join core.settlement as s on p.setl_id = s.setl_id
left join cur.mdtrt_d as v on s.mdtrt_id = v.mdtrt_id
where p.place <= p.take
