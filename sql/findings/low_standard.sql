-- Short stays without operation, mostly examinations and ward, cheap beside the peers', for what is usually treated as an outpatient.
-- grain: one rule and stay (its last settlement), case level
-- inputs: finding.stay_case, finding.stay_charge, finding.peer, core.diagnosis, core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $max_days, $max_fee (yuan) and $least_percent (share of examinations and ward)
--   where no peers are, $floor_percent (of that share, always), $cheap_percent and $exam_percent (place among the peers' stays),
--   $outpatient_diagnoses (prefixes), $outpatient_percent (of the persons with a diagnosis never admitted for it),
--   $peer_min_providers, $peer_min_cases
-- known limits: codes of Chinese medicine (A08.01.01) are compared with nothing: lists and shares are of ICD-10, where A08 is another
--   illness; peers are the stays without operation, settled in the four quarters up to the finding's, at the other providers of the
--   peer group; if all admit alike nothing shows. Left out are stays that are still open (the last settlement an interim one), and
--   groups with complications: of a DRG by its fourth sign (1, 3), and whatever weighs more than the lightest of its family. The share
--   of outpatients is that of the whole area, and known only where outpatients are coded. A severity that no code and no charge shows is
--   not seen; gross_amount is the fund's payment of the stay, a question for the reviewer and no loss (claim_kind none)
with calm as (
    select
        c.*,
        p.peer_group,
        cast(h.fee * 100 as bigint) as fee_fen,
        cast((h.exam_fee + h.ward_fee) * 100 as bigint) * 10000 // cast(h.fee * 100 as bigint) as idle_bp,
        h.exam_fee,
        h.ward_fee,
        h.intensive
    from finding.stay_case as c
    inner join finding.stay_charge as h on c.mdtrt_id = h.mdtrt_id
    left join finding.peer as p on c.fixmedins_code = p.fixmedins_code
    where c.operations = 0 and h.operation_fee = 0 and h.fee > 0 and coalesce(c.mid_setl_flag, '') <> '1'
),

judged_quarter as (
    select distinct quarter_no, quarter
    from calm
    where quarter between $period_from and $period_to
),

in_window as (
    select
        q.quarter_no as window_no,
        c.*,
        min(c.wt) over (partition by q.quarter_no, c.grp_type, c.grp_ver, c.family) as lowest_wt
    from judged_quarter as q
    inner join calm as c on q.quarter_no - c.quarter_no between 0 and 3
),

placed as (
    select
        *,
        rank() over (partition by window_no, peer_group order by fee_fen) as fee_rank,
        rank() over (partition by window_no, peer_group, fixmedins_code order by fee_fen) as own_fee_rank,
        rank() over (partition by window_no, peer_group order by idle_bp) as idle_rank,
        rank() over (partition by window_no, peer_group, fixmedins_code order by idle_bp) as own_idle_rank,
        count(*) over (partition by window_no, peer_group) as cases,
        count(*) over (partition by window_no, peer_group, fixmedins_code) as own_cases
    from in_window
),

peers as (
    select window_no, peer_group, count(distinct fixmedins_code) - 1 as providers
    from in_window
    group by window_no, peer_group
),

compared as (
    select
        t.*,
        p.providers,
        t.cases - t.own_cases as peer_cases,
        coalesce(t.peer_group is not null and p.providers >= $peer_min_providers and t.cases - t.own_cases >= $peer_min_cases, false)
            as has_peers,
        100 * (t.fee_rank - t.own_fee_rank) as cheaper_100,
        100 * (t.idle_rank - t.own_idle_rank) as less_idle_100
    from placed as t
    left join peers as p on t.window_no = p.window_no and t.peer_group = p.peer_group
    where
        t.window_no = t.quarter_no
        and t.days <= $max_days
        and t.net_fund > 0
        and t.planned_by is null
        and not t.intensive
        and coalesce(t.dscg_way, '') not in ('2', '3', '5')
        and t.idle_bp >= 100 * $floor_percent
        and (t.wt is null or t.wt <= t.lowest_wt)
        and not (t.grp_type = 'DRG' and coalesce(substr(t.grp_code, 4, 1) in ('1', '3'), false))
),

cheap as (
    select *
    from compared
    where
        (has_peers and cheaper_100 <= $cheap_percent * peer_cases and less_idle_100 >= $exam_percent * peer_cases)
        or (not has_peers and fee_fen <= 100 * $max_fee and idle_bp >= 100 * $least_percent)
),

category as (
    select distinct window_no, diag_category as category
    from cheap
    where is_icd
),

listed as (
    select distinct c.diag_code
    from cheap as c
    cross join unnest(cast($outpatient_diagnoses as varchar[])) as o (prefix)
    where c.is_icd and starts_with(c.diag_code, o.prefix)
),

person as (
    select
        g.window_no,
        g.category,
        s.psn_id,
        bool_or(s.is_inpatient) as admitted
    from category as g
    inner join core.diagnosis as d on g.category = substr(d.diag_code, 1, 3)
    inner join core.settlement as s on d.setl_id = s.setl_id
    where
        d.is_main
        and d.is_icd
        and s.refund_state <> 'full'
        and g.window_no - (year(s.setl_time) * 4 + quarter(s.setl_time)) between 0 and 3
    group by g.window_no, g.category, s.psn_id
),

usual as (
    select
        window_no,
        category,
        count(*) as persons,
        sum(case when admitted then 0 else 1 end) as outpatients
    from person
    group by window_no, category
),

found as (
    select
        c.*,
        l.diag_code is not null as is_listed,
        u.persons,
        u.outpatients
    from cheap as c
    left join listed as l on c.is_icd and c.diag_code = l.diag_code
    left join usual as u on c.is_icd and c.window_no = u.window_no and c.diag_category = u.category
    where
        l.diag_code is not null
        or coalesce(u.outpatients >= $peer_min_cases and 100 * u.outpatients >= $outpatient_percent * u.persons, false)
)

select
    r.rule_id,
    f.quarter as period,
    f.fixmedins_code,
    f.setl_id,
    cast(null as varchar) as bkkp_sn,
    f.diag_code as item_code,
    f.diag_name as item_name,
    cast(f.days as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    f.net_fund as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'age': cast(f.age as varchar),
        'amount_is': 'net fund of the stay, a question for the reviewer, not a loss',
        'begndate': cast(f.begndate as varchar),
        'compared_with': case when f.has_peers then 'peers' else 'fixed limits' end,
        'days': f.days,
        'diagnosis_by': case when f.is_listed then 'list' else 'share of outpatients' end,
        'enddate': cast(f.enddate as varchar),
        'exam_and_ward_percent': f.idle_bp // 100,
        'exam_fee': cast(f.exam_fee as varchar),
        'fee': cast(cast(f.fee_fen as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as varchar),
        'grp_code': f.grp_code,
        'outpatients_with_diagnosis': f.outpatients,
        'peer_cases': f.peer_cases,
        'peer_group': f.peer_group,
        'peer_providers': f.providers,
        'peers_cheaper_percent': case when f.has_peers then f.cheaper_100 // f.peer_cases end,
        'peers_less_exam_and_ward_percent': case when f.has_peers then f.less_idle_100 // f.peer_cases end,
        'persons_with_diagnosis': f.persons,
        'ward_fee': cast(f.ward_fee as varchar)
    }) as evidence,
    concat(
        '住院', cast(f.days as varchar), '日，无手术，检查化验与床位护理等占费用', cast(f.idle_bp // 100 as varchar), '%，',
        case
            when f.has_peers
                then concat(
                    '费用低于同类机构', cast(100 - f.cheaper_100 // f.peer_cases as varchar), '%的非手术住院'
                )
            else '费用低于设定限额（无足够同类可比）'
        end,
        '，主要诊断多在门诊治疗，未见高等级护理与并发症分组，与“', r.rule_name, '”的情形相符，入院指征需核对病历'
    ) as reason,
    cast(null as varchar) as basis_id
from found as f
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id)
