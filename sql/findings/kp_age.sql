-- Subjects payable inside an age range only, met outside it.
-- grain: one rule and fee line; for diagnoses and operations one rule and settlement
-- inputs: finding.occurrence, finding.subject_match, finding.kp_age, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: full years only (28 days of a newborn cannot be told from a year); without a birth date the age recorded
--   at settlement stands in, and the evidence says so; ages outside 0..120 count as unknown and give no finding
with aged as (
    select
        k.rule_id,
        r.rule_name,
        k.subject_code,
        k.age_min,
        k.age_max,
        k.valid_from,
        k.basis_id,
        o.claim_kind,
        o.quarter,
        o.fixmedins_code,
        o.setl_id,
        o.bkkp_sn,
        o.code,
        coalesce(o.name, k.subject_name, o.code) as name,
        o.cnt,
        o.pric,
        o.amount,
        o.service_date,
        case when o.brdy is null then 'age' else 'brdy' end as years_from,
        case
            when o.brdy is null then cast(floor(o.age) as integer)
            else
                year(o.service_date) - year(o.brdy)
                - case
                    when month(o.service_date) * 100 + day(o.service_date) < month(o.brdy) * 100 + day(o.brdy) then 1
                    else 0
                end
        end as years
    from finding.occurrence as o
    inner join finding.subject_match as m on o.kind = m.kind and o.code = m.code and o.hilist_code = m.hilist_code
    inner join finding.kp_age as k
        on m.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where
        list_contains($rule_ids, k.rule_id)
        and o.quarter between $period_from and $period_to
        and (o.brdy is not null or o.age between 0 and 120)
),

met as (
    select
        *,
        row_number() over (
            partition by rule_id, setl_id, bkkp_sn
            order by subject_code, code, service_date, valid_from, age_min, age_max
        ) as place
    from aged
    where years between 0 and 120 and (years < age_min or years > age_max)
)

select
    rule_id,
    quarter as period,
    fixmedins_code,
    setl_id,
    bkkp_sn,
    code as item_code,
    name as item_name,
    cnt,
    pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    amount as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    claim_kind,
    to_json({
        'age_from': years_from,
        'age_max': age_max,
        'age_min': age_min,
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar),
        'years': years
    }) as evidence,
    concat(
        '“', name, '”限',
        case
            when age_min is null then concat(cast(age_max as varchar), '周岁及以下')
            when age_max is null then concat(cast(age_min as varchar), '周岁及以上')
            else concat(cast(age_min as varchar), '至', cast(age_max as varchar), '周岁')
        end,
        '，发生当日', cast(years as varchar), '周岁', case years_from when 'age' then '（按登记年龄）' else '' end,
        '，与“', rule_name, '”的情形相符'
    ) as reason,
    basis_id
from met
where place = 1
