-- Second-line drugs of people who were charged none of the first-line drugs before, by any provider.
-- grain: one rule and fee line
-- inputs: finding.restricted, finding.kp_companion, finding.code_list, finding.rule, core.settlement
-- parameters: $rule_ids, $period_from, $period_to, $history_days (data that must lie before the line)
-- known limits: other_codes are the first-line drugs, at any time before or on the day, whatever the scope says; drugs paid by
--   the person, used in a stay elsewhere or before the data begin are not seen, so the first $history_days give no finding
with loaded as (
    select cast(min(setl_time) as date) as since
    from core.settlement
),

hit as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.other_codes,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name
    from finding.restricted as o
    inner join finding.kp_companion as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    cross join loaded as d
    where
        list_contains($rule_ids, k.rule_id)
        and o.kind = 'item'
        and o.period between $period_from and $period_to
        and date_diff('day', d.since, o.service_date) >= $history_days
),

asked as (
    select
        other_codes,
        psn_id
    from hit
    group by other_codes, psn_id
),

first_use as (
    select
        a.other_codes,
        a.psn_id,
        min(o.service_date) as used_on
    from finding.restricted as o
    inner join finding.code_list as c on o.subject_code = c.code
    inner join asked as a on c.list = a.other_codes and o.psn_id = a.psn_id
    where o.kind = 'item'
    group by a.other_codes, a.psn_id
),

judged as (
    select
        h.*,
        u.used_on,
        max(case when u.used_on <= h.service_date then 1 else 0 end) over (
            partition by h.rule_id, h.bkkp_sn, h.subject_code
        ) as used_before
    from hit as h
    left join first_use as u on h.other_codes = u.other_codes and h.psn_id = u.psn_id
),

met as (
    select
        *,
        row_number() over (partition by rule_id, bkkp_sn order by subject_code, valid_from, other_codes) as place
    from judged
    where used_before = 0
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
    to_json({
        'first_line_later_on': coalesce(cast(used_on as varchar), ''),
        'history_days': cast($history_days as integer),
        'other_codes': other_codes,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat('“', item_name, '”限二线使用，此前未见一线药品的费用，与“', rule_name, '”的情形相符') as reason
from met
where place = 1
