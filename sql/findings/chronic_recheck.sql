-- Outpatient chronic benefit (门诊慢特病) without a re-check: enjoyed for years, and no examination in the last of them.
-- grain: one rule, person, disease and quarter: its last settlement, case level
-- inputs: core.settlement, core.fee_line, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $chronic_med_types, $exam_classes (med_chrgitm_type), $recheck_days (730: two years),
--   $left_out_diseases (prefixes of dise_codg: diseases that need no re-check)
-- known limits: the register of the benefit is no extract, so enjoying it for so long is read from settlements, and re-checks from
--   examinations and tests charged to the insurance anywhere; two years of data are needed; claims nothing
with left_out as (
    select unnest(cast($left_out_diseases as varchar[])) as prefix
),

chronic as (
    select s.setl_id, s.psn_id, s.fixmedins_code, s.dise_codg, s.quarter, s.setl_time, s.enddate, s.paid
    from core.settlement as s
    left join left_out as x on starts_with(upper(s.dise_codg), upper(x.prefix))
    where
        s.dise_codg is not null
        and s.refund_state <> 'full'
        and s.paid > 0
        and regexp_matches(s.med_type, $chronic_med_types)
        and x.prefix is null
),

enjoyed as (
    select
        *,
        min(enddate) over (partition by psn_id, upper(dise_codg) order by quarter) as first_on,
        row_number() over (partition by psn_id, upper(dise_codg), quarter order by setl_time desc, setl_id desc) as place
    from chronic
),

due as (
    select *
    from enjoyed
    where
        place = 1 and quarter between $period_from and $period_to and date_diff('day', first_on, enddate) >= $recheck_days
),

checked as (
    select d.setl_id, max(l.service_date) as checked_on
    from due as d
    inner join core.fee_line as l
        on d.psn_id = l.psn_id and d.enddate >= l.service_date and date_diff('day', l.service_date, d.enddate) < $recheck_days
    where
        l.state = 'settled'
        and l.cnt > 0
        and regexp_matches(l.med_chrgitm_type, $exam_classes)
    group by d.setl_id
)

select
    r.rule_id,
    d.quarter as period,
    d.fixmedins_code,
    d.setl_id,
    cast(null as varchar) as bkkp_sn,
    d.dise_codg as item_code,
    cast(null as varchar) as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast($recheck_days as decimal(18, 4)) as allowed,
    cast(date_diff('day', d.first_on, d.enddate) - $recheck_days as decimal(18, 4)) as excess,
    cast(d.paid as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'paid for the settlement, not the loss',
        'dise_codg': d.dise_codg,
        'enddate': cast(d.enddate as varchar),
        'first_on': cast(d.first_on as varchar)
    }) as evidence,
    concat(
        '自', cast(d.first_on as varchar), '起享受病种', d.dise_codg, '门诊慢特病待遇，近', cast($recheck_days as varchar),
        '日无任何检查检验，与“', r.rule_name, '”的情形相符，需核实是否已复核资格'
    ) as reason,
    cast(null as varchar) as basis_id
from due as d
left join checked as c on d.setl_id = c.setl_id
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and c.setl_id is null
