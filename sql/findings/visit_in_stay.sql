-- Outpatient visits and purchases of a person on days strictly inside a stay.
-- grain: one rule and settlement of such a visit, case level
-- inputs: finding.person_visit, core.stay, core.settlement, core.fee_line, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $left_out_visits (med_type: registration, emergencies),
--   $left_out_paymtd (hi_paymtd of stays paid by the day), $drug_classes (med_chrgitm_type of what may be
--   charged when somebody fetches medicine)
-- known limits: the days of admission and discharge are no days inside; stays that are not settled yet are not known. Left out:
--   emergencies, dialysis, chronic medicine fetched (chronic benefit, nothing but drugs and the fees for handing them out). Whether
--   the visit or the stay is what did not take place is for review; the visit's payment is what stays put forward, not that of a
--   stay the visit became
with stay as (
    select
        t.mdtrt_id,
        t.psn_id,
        t.fixmedins_code,
        t.begndate,
        t.enddate,
        t.last_setl_id,
        t.last_setl_time
    from core.stay as t
    where
        not list_contains($left_out_paymtd, coalesce(t.hi_paymtd, ''))
        and date_diff('day', t.begndate, t.enddate) >= 2
),

met as (
    select
        v.mdtrt_id,
        v.kind,
        v.visit_date,
        v.is_chronic,
        t.mdtrt_id as stay_mdtrt_id,
        t.fixmedins_code as stay_fixmedins_code,
        t.begndate as stay_begndate,
        t.enddate as stay_enddate,
        t.last_setl_id as stay_setl_id,
        t.last_setl_time as stay_setl_time,
        row_number() over (partition by v.mdtrt_id order by t.begndate, t.mdtrt_id) as place
    from finding.person_visit as v
    inner join stay as t
        on
            v.psn_id = t.psn_id
            and v.begndate > t.begndate
            and v.enddate < t.enddate
            and v.visit_date < t.enddate
            and v.mdtrt_id <> t.mdtrt_id
    where
        not v.is_dialysis
        and not regexp_matches(v.med_type, $left_out_visits)
),

charged as (
    select
        m.mdtrt_id,
        bool_or(not regexp_matches(l.med_chrgitm_type, $drug_classes))
            as has_service
    from met as m
    inner join core.fee_line as l on m.mdtrt_id = l.mdtrt_id
    where m.place = 1 and l.state = 'settled' and l.det_item_fee_sumamt > 0
    group by m.mdtrt_id
),

found as (
    select
        m.*,
        s.setl_id,
        s.fixmedins_code,
        s.paid,
        s.net_medfee_sumamt,
        greatest(s.setl_time, m.stay_setl_time) as completed,
        date_diff('day', least(s.setl_time, m.stay_setl_time), greatest(s.setl_time, m.stay_setl_time)) as days_between
    from met as m
    inner join core.settlement as s on m.mdtrt_id = s.mdtrt_id
    left join charged as c on m.mdtrt_id = c.mdtrt_id
    where
        m.place = 1
        and s.refund_state <> 'full'
        and not s.is_inpatient
        and not (m.is_chronic and not coalesce(c.has_service, false))
)

select
    r.rule_id,
    concat(cast(year(f.completed) as varchar), 'Q', cast(quarter(f.completed) as varchar)) as period,
    f.fixmedins_code,
    f.setl_id,
    cast(null as varchar) as bkkp_sn,
    cast(null as varchar) as item_code,
    cast(null as varchar) as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    f.net_medfee_sumamt as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'case' as claim_kind,
    to_json({
        'kind': f.kind,
        'same_provider': f.fixmedins_code = f.stay_fixmedins_code,
        'stay_begndate': cast(f.stay_begndate as varchar),
        'stay_enddate': cast(f.stay_enddate as varchar),
        'stay_fixmedins_code': f.stay_fixmedins_code,
        'stay_setl_id': f.stay_setl_id,
        'visit_date': cast(f.visit_date as varchar)
    }) as evidence,
    concat(
        '同一人', cast(f.visit_date as varchar), case f.kind when 'purchase' then '购药' else '门诊就医' end, '，当日在',
        case when f.fixmedins_code = f.stay_fixmedins_code then '同一机构' else '另一机构' end, '住院（',
        cast(f.stay_begndate as varchar), '至', cast(f.stay_enddate as varchar), '，不含出入院当日），非急诊、透析或慢特病取药，与“',
        r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from found as f
cross join finding.rule as r
where
    list_contains($rule_ids, r.rule_id)
    and f.days_between <= $look_back_days
    and concat(cast(year(f.completed) as varchar), 'Q', cast(quarter(f.completed) as varchar)) between $period_from and $period_to
