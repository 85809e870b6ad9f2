-- Stays in bed only (挂床): days inside a stay on which nothing but the ward was charged, or on which the person was elsewhere.
-- grain: one rule and stay (its last settlement), case level
-- inputs: finding.stay_case, finding.stay_charge, finding.peer, core.fee_line, core.settlement, core.provider, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $look_back_days, $ward_classes, $left_out_paymtd, $left_out_visits (med_type),
--   $min_inner_days, $idle_days and $idle_percent of the inner days, $min_cases such stays at the provider in four quarters and
--   $rate_percent of its stays, $times_peers, $peer_min_providers, $peer_min_cases
-- known limits: inner days are those between admission and discharge; hospitals that post their charges in one go have no idle days to
--   show but against peers that do likewise, hence idle stays are listed only where the provider has clearly more of them than its peers
--   (so many times, and three standard deviations), or where the person was at another hospital on such a day, for a visit of that day
--   alone; the first quarter that has one of these is the finding's. A stay without any charge is not judged: its lines were not
--   sent. Claims nothing
with stay as (
    select
        c.*,
        coalesce(p.peer_group, '') as peer_group,
        date_diff('day', c.begndate, c.enddate) - 1 as inner_days
    from finding.stay_case as c
    inner join finding.stay_charge as h on c.mdtrt_id = h.mdtrt_id
    left join finding.peer as p on c.fixmedins_code = p.fixmedins_code
    where
        date_diff('day', c.begndate, c.enddate) - 1 >= $min_inner_days
        and c.net_fund > 0
        and not list_contains($left_out_paymtd, coalesce(c.hi_paymtd, ''))
),

busy_day as (
    select distinct t.mdtrt_id, l.service_date
    from core.fee_line as l
    inner join stay as t on l.mdtrt_id = t.mdtrt_id
    where
        l.cnt > 0 -- settled or not yet, free of charge or not: all show that somebody was there
        and not regexp_matches(l.med_chrgitm_type, $ward_classes)
        and l.service_date > t.begndate and l.service_date < t.enddate
),

busy as (
    select mdtrt_id, count(*) as busy_days
    from busy_day
    group by mdtrt_id
),

visited as (
    select
        t.mdtrt_id,
        o.begndate,
        o.setl_id,
        greatest(t.quarter_no, cast(year(o.setl_time) * 4 + quarter(o.setl_time) as integer)) as completed_no
    from core.settlement as o
    inner join stay as t
        on o.psn_id = t.psn_id and o.begndate > t.begndate and o.begndate < t.enddate and o.fixmedins_code <> t.fixmedins_code
    inner join core.provider as p on o.fixmedins_code = p.fixmedins_code
    left join busy_day as b on t.mdtrt_id = b.mdtrt_id and o.begndate = b.service_date
    where
        not o.is_inpatient and o.refund_state <> 'full' and o.begndate = o.enddate
        and coalesce(p.fixmedins_type, '') = '1'
        and not regexp_matches(o.med_type, $left_out_visits)
        and date_diff('day', t.setl_time, o.setl_time) <= $look_back_days
        and b.mdtrt_id is null
),

-- of the first quarter that has one; what is settled later changes nothing
elsewhere as (
    select mdtrt_id, completed_no, count(distinct begndate) as visit_days, min(setl_id) as setl_id
    from (
        select
            *,
            min(completed_no) over (partition by mdtrt_id) as first_no
        from visited
    ) as v
    where completed_no = first_no
    group by mdtrt_id, completed_no
),

measured as (
    select
        t.*,
        t.inner_days - coalesce(b.busy_days, 0) as idle_days,
        e.completed_no,
        e.visit_days,
        e.setl_id as visit_setl_id
    from stay as t
    left join busy as b on t.mdtrt_id = b.mdtrt_id
    left join elsewhere as e on t.mdtrt_id = e.mdtrt_id
),

marked as (
    select
        *,
        case when idle_days >= $idle_days and idle_days * 100 >= $idle_percent * inner_days then 1 else 0 end as is_idle
    from measured
),

window_end as (
    select distinct quarter_no
    from marked
    where
        quarter between $period_from and $period_to
        or (completed_no > quarter_no and quarter <= $period_to)
),

provider as (
    select q.quarter_no as window_no, m.peer_group, m.fixmedins_code, count(*) as stays, sum(m.is_idle) as idle
    from window_end as q
    inner join marked as m on q.quarter_no - m.quarter_no between 0 and 3
    group by q.quarter_no, m.peer_group, m.fixmedins_code
),

rate as (
    select
        *,
        cast(sum(stays) over (partition by window_no, peer_group) - stays as bigint) as other_stays,
        cast(sum(idle) over (partition by window_no, peer_group) - idle as bigint) as other_idle,
        count(*) over (partition by window_no, peer_group) - 1 as others
    from provider
),

-- more than the peers: so many times, and by three standard deviations of a count; in whole numbers
judged as (
    select
        *,
        idle >= $min_cases
        and 100 * idle >= $rate_percent * stays
        and others >= $peer_min_providers
        and other_stays >= $peer_min_cases
        and idle * other_stays >= $times_peers * other_idle * stays
        and cast(idle * other_stays - other_idle * stays as decimal(38, 0)) * (idle * other_stays - other_idle * stays)
        >= cast(9 * other_idle * stays as decimal(38, 0)) * other_stays as stands_out
    from rate
),

found as (
    select
        m.*,
        j.idle, j.stays, j.other_idle, j.other_stays, j.stands_out,
        case when m.is_idle = 1 and j.stands_out then m.quarter_no else m.completed_no end as period_no
    from marked as m
    inner join judged as j on m.quarter_no = j.window_no and m.fixmedins_code = j.fixmedins_code
    where (m.is_idle = 1 and j.stands_out) or m.completed_no is not null
),

dated as (
    select
        *,
        concat(cast((period_no - 1) // 4 as varchar), 'Q', cast((period_no - 1) % 4 + 1 as varchar)) as period,
        case when completed_no = period_no then visit_days else 0 end as days_elsewhere,
        case when completed_no = period_no then visit_setl_id end as elsewhere_setl_id
    from found
)

select
    r.rule_id,
    m.period,
    m.fixmedins_code,
    m.setl_id,
    cast(null as varchar) as bkkp_sn,
    m.diag_code as item_code,
    m.diag_name as item_name,
    cast(m.inner_days as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(m.inner_days - m.idle_days as decimal(18, 4)) as allowed,
    cast(m.idle_days as decimal(18, 4)) as excess,
    m.net_fund as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'net fund of the stay, not the loss',
        'begndate': cast(m.begndate as varchar),
        'days_elsewhere': m.days_elsewhere,
        'elsewhere_setl_id': m.elsewhere_setl_id,
        'enddate': cast(m.enddate as varchar),
        'idle_days': m.idle_days,
        'inner_days': m.inner_days,
        'own_idle_stays': m.idle,
        'own_stays': m.stays,
        'peers_idle_stays': m.other_idle,
        'peers_stays': m.other_stays
    }) as evidence,
    concat(
        '住院', cast(m.begndate as varchar), '至', cast(m.enddate as varchar), '，其间', cast(m.inner_days as varchar), '日中',
        cast(m.idle_days as varchar), '日除床位护理外无任何收费',
        case when m.days_elsewhere > 0 then concat('，其中', cast(m.days_elsewhere as varchar), '日在另一机构就诊') else '' end,
        case when m.is_idle = 1 and m.stands_out then '，本机构此类住院明显多于同类' else '' end, '，与“', r.rule_name, '”的情形相符；金额为本次住院基金净支付，不等于损失'
    ) as reason,
    cast(null as varchar) as basis_id
from dated as m
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and m.period between $period_from and $period_to
