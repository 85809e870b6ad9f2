-- Subjects payable inside an age range only, met outside it.
-- grain: one rule and fee line; for diagnoses and operations one rule and settlement
-- inputs: finding.restricted, finding.kp_age, finding.rule, core.diagnosis, core.settlement
-- optional: core.diagnosis (without it nobody is left out for a birth)
-- parameters: $rule_ids, $period_from, $period_to, $birth_diagnoses (prefixes)
-- known limits: full years only (28 days of a newborn cannot be told from a year); without a birth date the age recorded
--   at settlement stands in, and the evidence says so; ages outside 0..120 count as unknown and give no finding;
--   what is allowed for newborns may be a newborn's in a visit with a diagnosis of birth (settled under the parent), and is none
with birth as (
    select distinct s.mdtrt_id
    from core.diagnosis as d
    inner join core.settlement as s on d.setl_id = s.setl_id
    cross join unnest(cast($birth_diagnoses as varchar[])) as p (prefix)
    where d.is_icd and starts_with(d.diag_code, p.prefix) and s.refund_state <> 'full'
),

aged as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.age_min,
        k.age_max,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name,
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
    from finding.restricted as o
    inner join finding.kp_age as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where
        list_contains($rule_ids, k.rule_id)
        and o.period between $period_from and $period_to
        and (o.brdy is not null or o.age between 0 and 120)
),

met as (
    select
        *,
        row_number() over (
            partition by rule_id, setl_id, bkkp_sn
            order by subject_code, item_code, service_date, valid_from, age_min, age_max
        ) as place
    from (
        select
            a.*,
            a.kind = 'item' and coalesce(a.age_min, 0) = 0 and b.mdtrt_id is not null as may_be_newborn
        from aged as a
        left join birth as b on a.mdtrt_id = b.mdtrt_id
    ) as t
    where years between 0 and 120 and (years < age_min or years > age_max) and not may_be_newborn
)

select
    rule_id, period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind, basis_id,
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
        '“', item_name, '”限',
        case
            when age_min is null then concat(cast(age_max as varchar), '周岁及以下')
            when age_max is null then concat(cast(age_min as varchar), '周岁及以上')
            else concat(cast(age_min as varchar), '至', cast(age_max as varchar), '周岁')
        end,
        '，发生当日', cast(years as varchar), '周岁', case years_from when 'age' then '（按登记年龄）' else '' end,
        '，与“', rule_name, '”的情形相符'
    ) as reason
from met
where place = 1
