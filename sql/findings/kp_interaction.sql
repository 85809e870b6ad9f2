-- Subjects not to be used within some days of another item that the same person was charged at the same provider.
-- grain: one rule and fee line (the subject's), with the nearest other line
-- inputs: finding.restricted, finding.kp_interaction, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: 0 days = on one day; days are those of the charges, not of taking the drug; other providers are not looked at,
--   because a prescriber need not know of them; where two lines each answer to both sides only the later one is at stake
with hit as (
    select
        o.*,
        k.rule_id,
        r.rule_name,
        k.other_code,
        k.days,
        k.valid_from,
        k.basis_id,
        coalesce(o.name, k.subject_name, o.item_code) as item_name
    from finding.restricted as o
    inner join finding.kp_interaction as k
        on o.subject_code = k.subject_code and o.service_date between k.valid_from and k.valid_until
    inner join finding.rule as r on k.rule_id = r.rule_id and o.kind = r.subject_kind
    where list_contains($rule_ids, k.rule_id) and o.kind = 'item' and o.period <= $period_to
),

-- the other codes first: they pick out the few lines before people are compared
wanted as (
    select other_code
    from finding.kp_interaction
    where list_contains($rule_ids, rule_id)
    group by other_code
),

asked as (
    select
        psn_id,
        fixmedins_code
    from hit
    group by psn_id, fixmedins_code
),

other as (
    select
        o.subject_code,
        o.psn_id,
        o.fixmedins_code,
        o.bkkp_sn,
        o.item_code,
        o.hilist_code,
        o.name,
        o.service_date,
        o.fee_ocur_time,
        o.setl_time
    from finding.restricted as o
    inner join wanted as w on o.subject_code = w.other_code
    left join asked as a on o.psn_id = a.psn_id and o.fixmedins_code = a.fixmedins_code
    where o.kind = 'item' and a.psn_id is not null
),

near as (
    select
        h.*,
        b.bkkp_sn as other_bkkp_sn,
        b.item_code as met_code,
        coalesce(b.name, b.item_code) as met_name,
        b.service_date as other_date,
        greatest(h.setl_time, b.setl_time) as completed,
        row_number() over (
            partition by h.rule_id, h.bkkp_sn
            order by
                greatest(h.setl_time, b.setl_time),
                abs(date_diff('day', b.service_date, h.service_date)),
                h.subject_code,
                h.other_code,
                h.valid_from,
                b.bkkp_sn
        ) as place
    from hit as h
    inner join other as b
        on
            h.other_code = b.subject_code
            and h.psn_id = b.psn_id
            and h.fixmedins_code = b.fixmedins_code
            and b.service_date between h.service_date - h.days and h.service_date + h.days
    left join finding.subject_match as s
        on s.kind = 'item' and b.item_code = s.code and b.hilist_code = s.hilist_code and h.subject_code = s.subject_code
    left join finding.subject_match as t
        on t.kind = 'item' and h.item_code = t.code and h.hilist_code = t.hilist_code and h.other_code = t.subject_code
    where
        h.bkkp_sn <> b.bkkp_sn
        and (
            s.code is null
            or t.code is null
            or b.fee_ocur_time < h.fee_ocur_time
            or (b.fee_ocur_time = h.fee_ocur_time and b.bkkp_sn < h.bkkp_sn)
        )
),

met as (
    select
        *,
        concat(cast(year(completed) as varchar), 'Q', cast(quarter(completed) as varchar)) as completed_in
    from near
    where place = 1
)

select
    rule_id, completed_in as period, fixmedins_code, setl_id, bkkp_sn, item_code, item_name, cnt, pric, gross_amount, claim_kind,
    basis_id,
    to_json({
        'completed': cast(completed as varchar),
        'days': days,
        'other_bkkp_sn': other_bkkp_sn,
        'other_code': met_code,
        'other_date': cast(other_date as varchar),
        'service_date': cast(service_date as varchar),
        'subject_code': subject_code,
        'valid_from': cast(valid_from as varchar)
    }) as evidence,
    concat(
        '“', item_name, '”与“', met_name, '”', case days when 0 then '同日' else concat(cast(days as varchar), '日内') end,
        '使用，与“', rule_name, '”的情形相符'
    ) as reason
from met
where completed_in between $period_from and $period_to
