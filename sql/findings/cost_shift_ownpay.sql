-- Stays whose wholly self-paid share is far above that of the peers' stays of the same group, at providers where this is frequent.
-- grain: one rule and stay (its last settlement), case level
-- inputs: finding.stay_case, finding.stay_charge, finding.peer, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $case_points (percentage points above the peers' share), $min_amount (yuan
--   above it), $package_paymtd (hi_paymtd paid as a package), $min_cases and $rate_percent (such stays of the provider),
--   $times_peers, $peer_min_providers, $peer_min_cases
-- known limits: only stays paid as a package, where moving charges out pays. The norm is the peers' self-paid over their whole charges in
--   the same group and version (its family where the group has too few), settled in the four quarters up to the finding's, the
--   provider itself left out, and those that tell of no line of these quarters what is wholly self-paid. A stay is
--   high against it, and shown only where the provider's share of high stays is above its
--   peers' (times_peers, and three standard deviations). Patients' own wishes look the same. No claim: gross_amount is what the
--   persons paid above the norm, not fund money
with stay as (
    select
        c.*,
        concat(c.grp_type, '|', c.grp_ver, '|', c.grp_code) as grp,
        concat(c.grp_type, '|', c.grp_ver, '|', c.family, '*') as fam,
        coalesce(p.peer_group, concat('?', c.fixmedins_code)) as peer_group,
        cast(h.fee * 100 as bigint) as fee_fen,
        cast(coalesce(h.own_fee, 0) * 100 as bigint) as own_fen,
        h.own_fee is not null as told
    from finding.stay_case as c
    inner join finding.stay_charge as h on c.mdtrt_id = h.mdtrt_id
    left join finding.peer as p on c.fixmedins_code = p.fixmedins_code
    where list_contains($package_paymtd, coalesce(c.hi_paymtd, '')) and c.grp_code is not null and c.net_fund > 0 and h.fee > 0
),

window_end as (
    select distinct quarter_no
    from stay
    where quarter between $period_from and $period_to
),

-- providers that tell what is wholly self-paid, empty where nothing is; the others would lower the norm
telling as (
    select distinct q.quarter_no, t.fixmedins_code
    from window_end as q
    inner join stay as t on q.quarter_no - t.quarter_no between 0 and 3
    where t.told
),

in_window as (
    select
        q.quarter_no as window_no,
        t.*
    from telling as q
    inner join stay as t on q.fixmedins_code = t.fixmedins_code and q.quarter_no - t.quarter_no between 0 and 3
),

-- groups and families side by side, told apart by the star
cell as (
    select window_no, grp as cell, peer_group, fixmedins_code, count(*) as stays, sum(fee_fen) as fee_fen, sum(own_fen) as own_fen
    from in_window
    group by window_no, grp, peer_group, fixmedins_code
    union all
    select window_no, fam as cell, peer_group, fixmedins_code, count(*) as stays, sum(fee_fen) as fee_fen, sum(own_fen) as own_fen
    from in_window
    group by window_no, fam, peer_group, fixmedins_code
),

others as (
    select
        window_no,
        cell,
        peer_group,
        fixmedins_code,
        sum(stays) over (partition by window_no, cell, peer_group) - stays as stays,
        count(*) over (partition by window_no, cell, peer_group) - 1 as providers,
        cast(sum(fee_fen) over (partition by window_no, cell, peer_group) - fee_fen as decimal(38, 0)) as fee_fen,
        cast(sum(own_fen) over (partition by window_no, cell, peer_group) - own_fen as decimal(38, 0)) as own_fen
    from cell
),

norm as (
    select *
    from others
    where providers >= $peer_min_providers and stays >= $peer_min_cases and fee_fen > 0
),

compared as (
    select
        t.*,
        case when g.cell is not null then 'group' else 'family' end as norm_of,
        coalesce(g.stays, f.stays) as peer_stays,
        coalesce(g.providers, f.providers) as peer_providers,
        coalesce(g.fee_fen, f.fee_fen) as peer_fee_fen,
        coalesce(g.own_fen, f.own_fen) as peer_own_fen
    from in_window as t
    left join norm as g
        on t.window_no = g.window_no and t.grp = g.cell and t.peer_group = g.peer_group and t.fixmedins_code = g.fixmedins_code
    left join norm as f
        on t.window_no = f.window_no and t.fam = f.cell and t.peer_group = f.peer_group and t.fixmedins_code = f.fixmedins_code
    where g.cell is not null or f.cell is not null
),

-- shares in hundredths of a percent, rounded down; what the peers' share would have left this person to pay
judged as (
    select
        *,
        own_fen * 10000 // fee_fen as share_bp,
        cast(peer_own_fen * 10000 // peer_fee_fen as bigint) as peer_share_bp,
        own_fen - cast(peer_own_fen * fee_fen // peer_fee_fen as bigint) as above_fen
    from compared
),

provider as (
    select
        window_no,
        peer_group,
        fixmedins_code,
        count(*) as stays,
        sum(case when share_bp >= peer_share_bp + 100 * $case_points and above_fen >= 100 * $min_amount then 1 else 0 end) as high
    from judged
    group by window_no, peer_group, fixmedins_code
),

rate as (
    select
        window_no,
        peer_group,
        fixmedins_code,
        stays,
        high,
        sum(stays) over (partition by window_no, peer_group) - stays as other_stays,
        sum(high) over (partition by window_no, peer_group) - high as other_high,
        count(*) over (partition by window_no, peer_group) - 1 as others
    from provider
),

-- above the peers' share: so many times, and by three standard deviations of a count; in whole numbers
above as (
    select *
    from rate
    where
        high >= $min_cases
        and 100 * high >= $rate_percent * stays
        and others >= $peer_min_providers
        and other_stays >= $peer_min_cases
        and high * other_stays >= $times_peers * other_high * stays
        and cast(high * other_stays - other_high * stays as decimal(38, 0)) * (high * other_stays - other_high * stays)
        >= cast(9 * other_high * stays as decimal(38, 0)) * other_stays
)

select
    r.rule_id,
    t.quarter as period,
    t.fixmedins_code,
    t.setl_id,
    cast(null as varchar) as bkkp_sn,
    t.diag_code as item_code,
    t.diag_name as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(t.peer_share_bp as decimal(18, 4)) * cast(0.0001 as decimal(5, 4)) as allowed,
    cast(t.share_bp - t.peer_share_bp as decimal(18, 4)) * cast(0.0001 as decimal(5, 4)) as excess,
    cast(cast(t.above_fen as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'self-paid above the share of the peers, no fund money',
        'begndate': cast(t.begndate as varchar),
        'enddate': cast(t.enddate as varchar),
        'grp_code': t.grp_code,
        'norm_of': t.norm_of,
        'own_high_stays': a.high,
        'own_stays': a.stays,
        'peer_group': t.peer_group,
        'peer_providers': t.peer_providers,
        'peer_self_paid_percent': cast(cast(t.peer_share_bp as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as varchar),
        'peer_stays_of_norm': t.peer_stays,
        'peers_high_stays': a.other_high,
        'peers_stays': a.other_stays,
        'self_paid': cast(cast(t.own_fen as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as varchar),
        'self_paid_percent': cast(cast(t.share_bp as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as varchar)
    }) as evidence,
    concat(
        '本次住院全自费占费用', cast(t.share_bp // 100 as varchar), '%，同类机构同组为', cast(t.peer_share_bp // 100 as varchar),
        '%，且本机构此类住院明显多于同类，与“', r.rule_name, '”的情形相符，需核实自费项目是否应由病组费用承担及患者是否知情同意'
    ) as reason,
    cast(null as varchar) as basis_id
from judged as t
inner join above as a on t.window_no = a.window_no and t.fixmedins_code = a.fixmedins_code
cross join finding.rule as r
where
    list_contains($rule_ids, r.rule_id)
    and t.window_no = t.quarter_no
    and t.share_bp >= t.peer_share_bp + 100 * $case_points
    and t.above_fen >= 100 * $min_amount
