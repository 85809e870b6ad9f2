-- Items dearer than at peers (价格监测): the average price of an item in a quarter against what the peers charge for it.
-- grain: one rule, provider, item and quarter (no settlement)
-- inputs: core.fee_line, core.code, finding.peer, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $price_percent (of the peers' average price from which it is shown), $min_amount yuan
--   above it, $min_lines, $peer_min_providers, $peer_min_cases (lines of the peers)
-- known limits: the provider itself never counts in its norm; one code must mean one pack and one maker, else pack sizes show as
--   prices; dear is not over a cap, so nothing is claimed
with item as (
    select
        code_no,
        code as item_code,
        cast(min(code_no) over (partition by code) as bigint) as item_no
    from core.code
    where kind = 'item'
),

peer as (
    select
        fixmedins_code,
        peer_group,
        row_number() over (order by fixmedins_code) as provider_no
    from finding.peer
),

-- bucket: one of 16,777,213 (a prime) coarse keys of item and provider
charged as not materialized (
    select
        l.quarter, i.item_no, l.fixmedins_code, p.peer_group, l.cnt,
        l.det_item_fee_sumamt as amount,
        (i.item_no * 20011 + p.provider_no) % 16777213 as bucket
    from core.fee_line as l
    inner join item as i on l.code_no = i.code_no
    inner join peer as p on l.fixmedins_code = p.fixmedins_code
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0 and l.quarter between $period_from and $period_to
),

-- a city's providers charge most items a few times: lines are counted by bucket first, so that few are summed one by one
busy as (
    select bucket
    from charged
    group by bucket
    having count(*) >= $min_lines
),

sold as (
    select
        c.quarter, c.item_no, c.fixmedins_code, c.peer_group,
        count(*) as lines,
        sum(c.cnt) as cnt,
        sum(c.amount) as amount
    from charged as c
    inner join busy as b on c.bucket = b.bucket
    group by c.quarter, c.item_no, c.fixmedins_code, c.peer_group
    having count(*) >= $min_lines
),

everyone as (
    select
        quarter, item_no, peer_group,
        count(*) as lines,
        sum(cnt) as cnt,
        sum(amount) as amount
    from charged
    group by quarter, item_no, peer_group
    having count(*) >= $peer_min_cases
),

compared as (
    select
        c.quarter, c.item_no, c.peer_group, c.fixmedins_code, c.lines,
        cast(c.cnt * 10000 as hugeint) as units,
        cast(c.amount * 100 as hugeint) as fen,
        cast(e.lines - c.lines as bigint) as peer_lines,
        cast((e.cnt - c.cnt) * 10000 as hugeint) as peer_units,
        cast((e.amount - c.amount) * 100 as hugeint) as peer_fen
    from sold as c
    inner join everyone as e on c.quarter = e.quarter and c.item_no = e.item_no and c.peer_group = e.peer_group
),

dear as (
    select
        *,
        fen - peer_fen * units // peer_units as above_fen
    from compared
    where
        peer_lines >= $peer_min_cases and peer_units > 0
        and 100 * fen * peer_units >= $price_percent * peer_fen * units
),

priced as (
    select
        *,
        cast((2 * fen * 100000000 + units) // (2 * units) as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as own_pric,
        cast((2 * peer_fen * 100000000 + peer_units) // (2 * peer_units) as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as peer_pric
    from dear
    where above_fen >= 100 * $min_amount
),

-- names and numbers of peers are asked for the few items that are left
named as (
    select
        p.quarter, p.item_no, p.fixmedins_code,
        min(i.item_code) as item_code,
        min(l.item_name) as item_name
    from core.fee_line as l
    inner join item as i on l.code_no = i.code_no
    inner join priced as p on l.quarter = p.quarter and i.item_no = p.item_no and l.fixmedins_code = p.fixmedins_code
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
    group by p.quarter, p.item_no, p.fixmedins_code
),

providers as (
    select
        c.quarter, c.item_no, c.peer_group,
        count(distinct c.fixmedins_code) as providers
    from charged as c
    inner join (select quarter, item_no, peer_group from priced group by quarter, item_no, peer_group) as p
        on c.quarter = p.quarter and c.item_no = p.item_no and c.peer_group = p.peer_group
    group by c.quarter, c.item_no, c.peer_group
),

met as (
    select
        p.*,
        v.providers - 1 as peers,
        n.item_code, n.item_name
    from priced as p
    inner join named as n on p.quarter = n.quarter and p.item_no = n.item_no and p.fixmedins_code = n.fixmedins_code
    inner join providers as v on p.quarter = v.quarter and p.item_no = v.item_no and p.peer_group = v.peer_group
    where v.providers - 1 >= $peer_min_providers
)

select
    r.rule_id,
    m.quarter as period,
    m.fixmedins_code,
    cast(null as varchar) as setl_id,
    cast(null as varchar) as bkkp_sn,
    m.item_code,
    m.item_name,
    cast(cast(m.units as decimal(20, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(16, 4)) as cnt,
    cast(m.own_pric as decimal(16, 6)) as pric,
    cast(m.peer_pric as decimal(18, 4)) as allowed,
    cast(m.own_pric - m.peer_pric as decimal(18, 4)) as excess,
    cast(cast(m.above_fen as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'charged above the price of the peers, not the loss',
        'lines': m.lines,
        'peer_group': m.peer_group,
        'peer_lines': m.peer_lines,
        'peer_pric': cast(m.peer_pric as varchar),
        'peers': m.peers
    }) as evidence,
    concat(
        '“', coalesce(m.item_name, m.item_code), '”本期均价', cast(cast(m.own_pric as decimal(16, 2)) as varchar), '元，同类机构为',
        cast(cast(m.peer_pric as decimal(16, 2)) as varchar), '元，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from met as m
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id)
