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
        cast(row_number() over (order by fixmedins_code) as bigint) as provider_no,
        cast(dense_rank() over (order by peer_group) as bigint) as peer_no
    from finding.peer
),

season as (
    select
        quarter,
        cast(substr(quarter, 1, 4) as bigint) * 4 + cast(substr(quarter, 6, 1) as bigint) as quarter_no
    from (select distinct quarter from core.fee_line where quarter between $period_from and $period_to) as q
),

-- one number for item, provider (below a million) and quarter (below ten thousand): a city has half as many of them as lines, and numbers
-- are grouped in an eighth of the time of texts
charged as not materialized (
    select
        l.cnt,
        l.det_item_fee_sumamt as amount,
        (i.item_no * 1000000 + p.provider_no) * 10000 + s.quarter_no as place_no,
        (i.item_no * 1000000 + p.peer_no) * 10000 + s.quarter_no as norm_no
    from core.fee_line as l
    inner join item as i on l.code_no = i.code_no
    inner join peer as p on l.fixmedins_code = p.fixmedins_code
    inner join season as s on l.quarter = s.quarter
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
),

-- most are charged a few times: they are counted first, so that sums are kept of few
busy as (
    select place_no
    from charged
    group by place_no
    having count(*) >= $min_lines
),

sold as (
    select
        c.place_no,
        count(*) as lines,
        sum(c.cnt) as cnt,
        sum(c.amount) as amount
    from charged as c
    inner join busy as b on c.place_no = b.place_no
    group by c.place_no
),

everyone as (
    select
        norm_no,
        count(*) as lines,
        sum(cnt) as cnt,
        sum(amount) as amount
    from charged
    group by norm_no
    having count(*) >= $peer_min_cases
),

placed as (
    select
        o.lines, o.cnt, o.amount, s.quarter, p.peer_group, p.fixmedins_code,
        o.place_no // 10000000000 as item_no,
        (o.place_no // 10000000000 * 1000000 + p.peer_no) * 10000 + s.quarter_no as norm_no
    from sold as o
    inner join peer as p on o.place_no // 10000 % 1000000 = p.provider_no
    inner join season as s on o.place_no % 10000 = s.quarter_no
),

compared as (
    select
        c.quarter, c.item_no, c.norm_no, c.peer_group, c.fixmedins_code, c.lines,
        cast(c.cnt * 10000 as hugeint) as units,
        cast(c.amount * 100 as hugeint) as fen,
        cast(e.lines - c.lines as bigint) as peer_lines,
        cast((e.cnt - c.cnt) * 10000 as hugeint) as peer_units,
        cast((e.amount - c.amount) * 100 as hugeint) as peer_fen
    from placed as c
    inner join everyone as e on c.norm_no = e.norm_no
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
        norm_no,
        count(*) as providers
    from (
        select c.norm_no, c.place_no
        from charged as c
        inner join (select distinct norm_no from priced) as p on c.norm_no = p.norm_no
        group by c.norm_no, c.place_no
    ) as each
    group by norm_no
),

met as (
    select
        p.*,
        v.providers - 1 as peers,
        n.item_code, n.item_name
    from priced as p
    inner join named as n on p.quarter = n.quarter and p.item_no = n.item_no and p.fixmedins_code = n.fixmedins_code
    inner join providers as v on p.norm_no = v.norm_no
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
