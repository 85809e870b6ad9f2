-- grain: one day of one provider with outpatient and pharmacy visits
-- inputs: core.settlement
-- parameters: start, until (dates, until exclusive), providers (list of fixmedins_code)
-- known limits: people count once a day and provider; scheduled visits are counted too
select
    fixmedins_code,
    cast(setl_time as date) as seen_on,
    count(distinct psn_id) as people
from core.settlement
where
    not is_inpatient
    and list_contains($providers, fixmedins_code)
    and setl_time >= cast($start as date)
    and setl_time < cast($until as date)
    and coalesce(refund_state, 'none') <> 'full'
group by fixmedins_code, cast(setl_time as date)
