-- The area's providers with settlements in a period.
-- grain: fixmedins_code
-- inputs: core.settlement, cur.medins_info_b
-- parameters: $first_day, $before
-- limits: providers elsewhere (referrals) are not graded here
select s.fixmedins_code, max(coalesce(i.fixmedins_name, s.fixmedins_name)) as fixmedins_name
from core.settlement as s
left join cur.medins_info_b as i on s.fixmedins_code = i.fixmedins_code
where s.month >= $first_day and s.month < $before and s.recovery_route <> 'referral'
group by s.fixmedins_code
order by s.fixmedins_code
