-- Charges to a person as an outpatient of the provider he is an inpatient of, shortly before, during or after the stay,
-- for what the peers charge inside the stays of the same group.
-- grain: one rule and stay (its last settlement), case level
-- inputs: finding.stay_case, finding.stay_outside, finding.peer, core.fee_line, core.settlement, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $days_before, $days_after, $item_percent (of the peers' stays of the group have the
--   item inside), $min_amount (yuan outside a stay), $package_paymtd (hi_paymtd paid as a package),
--   $min_cases and $rate_percent (stays of the provider with such charges), $times_peers, $peer_min_providers, $peer_min_cases
-- known limits: only stays paid as a package, where moving charges out pays. Before, after, and on the days of admission and
--   discharge an item counts if the stay itself does not have it, and a case is shown only where the provider's share of such stays is
--   above its peers' (times_peers, and three standard deviations); between those days every line counts, whatever the peers do. Group =
--   family of a DRG, DIP group whole; window = the four quarters up to the finding's, with the lines settled by then (a quarter
--   after the stay at most); the provider itself never counts in its norm.
--   Tests that led to the admission look the same. No claim: gross_amount is what was charged outside
with stay as (
    select
        c.*, concat(c.grp_type, '|', c.grp_ver, '|', c.family) as grp,
        coalesce(p.peer_group, concat('?', c.fixmedins_code)) as peer_group
    from finding.stay_case as c
    left join finding.peer as p on c.fixmedins_code = p.fixmedins_code
    where list_contains($package_paymtd, coalesce(c.hi_paymtd, '')) and c.grp_code is not null and c.net_fund > 0
),

wanted as (
    select distinct grp, item_code
    from finding.stay_outside
),

inside as (
    select distinct
        t.mdtrt_id, t.grp, t.peer_group, t.fixmedins_code, t.quarter_no, l.item_code
    from core.fee_line as l
    inner join core.settlement as s on l.setl_id = s.setl_id
    inner join stay as t on s.mdtrt_id = t.mdtrt_id
    inner join wanted as w on t.grp = w.grp and l.item_code = w.item_code
    where s.is_inpatient and l.state = 'settled' and l.det_item_fee_sumamt > 0
),

-- these periods, and the one before, which may have found a stay already; each has its own norm
window_end as (
    select distinct quarter_no
    from (
        select quarter_no from stay
        union all
        select quarter_no + 1 as quarter_no from stay
    ) as t
    where
        quarter_no <= cast(substr($period_to, 1, 4) as integer) * 4 + cast(substr($period_to, 6, 1) as integer)
        and quarter_no >= cast(substr($period_from, 1, 4) as integer) * 4 + cast(substr($period_from, 6, 1) as integer) - 1
),

stays_of as (
    select
        q.quarter_no as window_no, t.grp, t.peer_group, t.fixmedins_code, count(*) as stays
    from window_end as q
    inner join stay as t on q.quarter_no - t.quarter_no between 0 and 3
    group by q.quarter_no, t.grp, t.peer_group, t.fixmedins_code
),

stays_placed as (
    select
        *, sum(stays) over (partition by window_no, grp, peer_group) - stays as peer_stays,
        count(*) over (partition by window_no, grp, peer_group) - 1 as peer_providers
    from stays_of
),

item_stays as (
    select
        q.quarter_no as window_no, i.grp, i.peer_group, i.item_code, i.fixmedins_code, count(*) as stays
    from window_end as q
    inner join inside as i on q.quarter_no - i.quarter_no between 0 and 3
    group by q.quarter_no, i.grp, i.peer_group, i.item_code, i.fixmedins_code
),

item_all as (
    select window_no, grp, peer_group, item_code, sum(stays) as stays
    from item_stays
    group by window_no, grp, peer_group, item_code
),

-- lines outside each stay, settled by the window's end, judged by the norm of each window that the stay lies in
judged as (
    select
        q.quarter_no as window_no,
        o.*,
        t.peer_group, t.fixmedins_code, t.quarter_no, p.peer_stays, p.peer_providers,
        a.stays - coalesce(m.stays, 0) as peers_inside,
        i.mdtrt_id is not null as also_inside,
        coalesce(
            p.peer_providers >= $peer_min_providers and p.peer_stays >= $peer_min_cases
            and 100 * (a.stays - coalesce(m.stays, 0)) >= $item_percent * p.peer_stays,
            false
        ) as usual
    from window_end as q
    inner join stay as t on q.quarter_no - t.quarter_no between 0 and 3
    inner join finding.stay_outside as o
        on t.mdtrt_id = o.mdtrt_id and q.quarter_no >= year(o.setl_time) * 4 + quarter(o.setl_time)
    inner join stays_placed as p
        on q.quarter_no = p.window_no and t.grp = p.grp and t.peer_group = p.peer_group and t.fixmedins_code = p.fixmedins_code
    left join item_all as a
        on q.quarter_no = a.window_no and t.grp = a.grp and t.peer_group = a.peer_group and o.item_code = a.item_code
    left join item_stays as m
        on
            q.quarter_no = m.window_no and t.grp = m.grp and t.peer_group = m.peer_group
            and o.item_code = m.item_code and t.fixmedins_code = m.fixmedins_code
    left join inside as i on t.mdtrt_id = i.mdtrt_id and o.item_code = i.item_code
),

moved as (
    select
        window_no, mdtrt_id, peer_group, fixmedins_code, quarter_no,
        cast(sum(case when place = 'during' then fee else 0 end) as decimal(16, 2)) as during_fee,
        cast(sum(case when place <> 'during' then fee else 0 end) as decimal(16, 2)) as usual_fee
    from judged
    where place = 'during' or (usual and not also_inside)
    group by window_no, mdtrt_id, peer_group, fixmedins_code, quarter_no
),

provider as (
    select
        s.window_no, s.peer_group, s.fixmedins_code, s.stays, coalesce(m.moved, 0) as moved
    from (
        select window_no, peer_group, fixmedins_code, sum(stays) as stays
        from stays_of
        group by window_no, peer_group, fixmedins_code
    ) as s
    left join (
        select window_no, fixmedins_code, count(*) as moved
        from moved
        where usual_fee >= $min_amount
        group by window_no, fixmedins_code
    ) as m on s.window_no = m.window_no and s.fixmedins_code = m.fixmedins_code
),

rate as (
    select
        *, sum(stays) over (partition by window_no, peer_group) - stays as peer_stays,
        sum(moved) over (partition by window_no, peer_group) - moved as peer_moved,
        count(*) over (partition by window_no, peer_group) - 1 as peer_providers
    from provider
),

-- above the peers' share: so many times, and by three standard deviations of a count; in whole numbers, expected = e / peer_stays
above as (
    select
        *,
        moved >= $min_cases
        and 100 * moved >= $rate_percent * stays
        and peer_providers >= $peer_min_providers
        and peer_stays >= $peer_min_cases
        and moved * peer_stays >= $times_peers * peer_moved * stays
        and cast(moved * peer_stays - peer_moved * stays as decimal(38, 0)) * (moved * peer_stays - peer_moved * stays)
        >= cast(9 * peer_moved * stays as decimal(38, 0)) * peer_stays as is_above
    from rate
),

shown as (
    select
        m.mdtrt_id, m.window_no, m.peer_group, a.stays as own_stays, a.moved as own_moved, a.peer_stays, a.peer_moved,
        a.peer_providers, a.is_above and m.usual_fee >= $min_amount as is_usual
    from moved as m
    inner join above as a on m.window_no = a.window_no and m.fixmedins_code = a.fixmedins_code
    where m.window_no - m.quarter_no between 0 and 1 and ((a.is_above and m.usual_fee >= $min_amount) or m.during_fee >= $min_amount)
),

listed as (
    select
        w.mdtrt_id, w.window_no, w.peer_group, w.own_stays, w.own_moved, w.peer_stays, w.peer_moved, w.peer_providers, w.is_usual,
        max(j.setl_time) as line_setl_time,
        cast(sum(j.fee) as decimal(16, 2)) as fee,
        count(*) as lines,
        sum(case when j.place = 'during' then 1 else 0 end) as during_lines,
        list_sort(array_agg({
            'bkkp_sn': j.bkkp_sn,
            'fee': cast(j.fee as varchar),
            'item_code': j.item_code,
            'item_name': j.item_name,
            'peers_inside_percent': case when j.peer_stays > 0 then 100 * coalesce(j.peers_inside, 0) // j.peer_stays end,
            'place': j.place,
            'service_date': cast(j.service_date as varchar),
            'setl_id': j.setl_id
        })) as line_list
    from shown as w
    inner join judged as j on w.mdtrt_id = j.mdtrt_id and w.window_no = j.window_no
    where j.place = 'during' or (w.is_usual and j.usual and not j.also_inside)
    group by
        w.mdtrt_id, w.window_no, w.peer_group, w.own_stays, w.own_moved, w.peer_stays, w.peer_moved, w.peer_providers, w.is_usual
),

-- a stay is found once, in the quarter that completes it
found as (
    select
        f.*,
        t.fixmedins_code,
        t.setl_id,
        t.diag_code,
        t.diag_name,
        t.begndate,
        t.enddate,
        t.grp_code,
        greatest(t.quarter_no, year(f.line_setl_time) * 4 + quarter(f.line_setl_time)) as period_no,
        concat(cast((f.window_no - 1) // 4 as varchar), 'Q', cast((f.window_no - 1) % 4 + 1 as varchar)) as period,
        min(f.window_no) over (partition by f.mdtrt_id) as first_no
    from listed as f
    inner join stay as t on f.mdtrt_id = t.mdtrt_id
)

select
    r.rule_id,
    f.period,
    f.fixmedins_code,
    f.setl_id,
    cast(null as varchar) as bkkp_sn,
    f.diag_code as item_code,
    f.diag_name as item_name,
    cast(f.lines as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    f.fee as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'what was charged outside the stay, not a loss of the fund',
        'begndate': cast(f.begndate as varchar),
        'days_after': cast($days_after as integer),
        'days_before': cast($days_before as integer),
        'enddate': cast(f.enddate as varchar),
        'grp_code': f.grp_code,
        'lines': f.line_list,
        'own_stays': f.own_stays,
        'own_stays_with_charges_outside': f.own_moved,
        'peer_group': f.peer_group,
        'peer_providers': f.peer_providers,
        'peer_stays': f.peer_stays,
        'peer_stays_with_charges_outside': f.peer_moved
    }) as evidence,
    concat(
        '住院', cast(f.begndate as varchar), '至', cast(f.enddate as varchar), '前后同一人在同一机构另有门诊或购药收费',
        cast(f.lines as varchar), '笔、', cast(f.fee as varchar), '元，',
        case
            when f.is_usual and f.during_lines > 0 then '其中部分发生在住院期间，其余为同类机构在同组住院内收取的项目'
            when f.is_usual then '均为同类机构在同组住院内收取而本次住院内未收的项目'
            else '发生在住院期间'
        end,
        '，与“', r.rule_name, '”的情形相符，需核实是否应计入住院'
    ) as reason,
    cast(null as varchar) as basis_id
from found as f
cross join finding.rule as r
where
    list_contains($rule_ids, r.rule_id)
    and f.period between $period_from and $period_to
    and f.window_no = f.first_no
    and f.window_no = f.period_no
