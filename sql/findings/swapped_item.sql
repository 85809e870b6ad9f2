-- Items that may stand for others (串换): a name on the bill unlike the catalogue's, or two prices far apart at one time.
-- grain: one rule, provider, item and quarter (no settlement)
-- inputs: core.fee_line, cur.hilist_b, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $differ_percent (of the longer name that must change to make it the other),
--   $price_times (the dearer over the cheaper), $overlap_days on which both prices were in use, $min_amount yuan
-- known limits: names are compared without blanks, brackets and points, by their first 40 signs, and one that
--   contains the other agrees with it; packs that are split (拆零) and items of several sizes under one code have two prices; claims nothing
with charged as not materialized (
    select
        fixmedins_code, item_code, quarter, pric, cnt, service_date,
        upper(coalesce(hilist_code, item_code)) as hilist_code,
        coalesce(item_name, '') as item_name,
        det_item_fee_sumamt as amount
    from core.fee_line
    where state = 'settled' and cnt > 0 and det_item_fee_sumamt > 0 and quarter between $period_from and $period_to
),

bare as (
    select
        u.hilist_code, u.item_name, h.hilist_name,
        substr(translate(lower(u.item_name), ' ()（）[]【】·.,，-', ''), 1, 40) as bare_name,
        substr(translate(lower(h.hilist_name), ' ()（）[]【】·.,，-', ''), 1, 40) as bare_hilist_name
    from (select hilist_code, item_name from charged where item_name <> '' group by hilist_code, item_name) as u
    inner join cur.hilist_b as h on u.hilist_code = upper(h.hilist_code)
    where h.hilist_name is not null
    group by u.hilist_code, u.item_name, h.hilist_name
),

-- the engine counts the bytes that must change: each sign of the two names gets a letter of one byte first
lettered as (
    select
        *,
        greatest(length(bare_name), length(bare_hilist_name)) as longer,
        concat(bare_name, bare_hilist_name) as signs,
        'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#&()*+,-./;<=>@[]^_' as letters
    from bare
),

named as (
    select
        hilist_code, item_name, hilist_name, bare_name, bare_hilist_name, longer,
        levenshtein(translate(bare_name, signs, letters), translate(bare_hilist_name, signs, letters)) as changes
    from lettered
),

alike as (
    select
        hilist_code, item_name,
        min(hilist_name) as hilist_name,
        max(
            case
                when contains(bare_name, bare_hilist_name) or contains(bare_hilist_name, bare_name) then 1
                when changes * 100 < $differ_percent * longer then 1
                else 0
            end
        ) as agrees
    from named
    group by hilist_code, item_name
),

misnamed as (
    select
        u.fixmedins_code, u.item_code, u.quarter, u.pric,
        min(u.item_name) as item_name, min(a.hilist_name) as hilist_name,
        count(*) as lines, sum(u.cnt) as cnt, sum(u.amount) as amount
    from charged as u
    inner join alike as a on u.hilist_code = a.hilist_code and u.item_name = a.item_name
    where a.agrees = 0
    group by u.fixmedins_code, u.item_code, u.quarter, u.pric
),

-- the few items with prices far apart, anywhere and then at one provider, before their lines are looked at price by price
far as (
    select item_code, quarter
    from charged
    where pric > 0
    group by item_code, quarter
    having max(pric) >= $price_times * min(pric)
),

apart as (
    select c.fixmedins_code, c.item_code, c.quarter, min(c.pric) as low_pric, max(c.pric) as high_pric
    from charged as c
    inner join far as f on c.item_code = f.item_code and c.quarter = f.quarter
    where c.pric > 0
    group by c.fixmedins_code, c.item_code, c.quarter
    having max(c.pric) >= $price_times * min(c.pric)
),

priced as (
    select
        c.fixmedins_code, c.item_code, c.quarter, c.pric, p.low_pric, p.high_pric,
        min(c.item_name) as item_name, count(*) as lines, sum(c.cnt) as cnt, sum(c.amount) as amount,
        min(c.service_date) as first_day, max(c.service_date) as last_day
    from charged as c
    inner join apart as p on c.fixmedins_code = p.fixmedins_code and c.item_code = p.item_code and c.quarter = p.quarter
    where c.pric = p.low_pric or c.pric = p.high_pric
    group by c.fixmedins_code, c.item_code, c.quarter, c.pric, p.low_pric, p.high_pric
),

two_prices as (
    select
        h.fixmedins_code, h.item_code, h.quarter, h.item_name, h.lines, h.cnt, h.amount, l.pric as low_pric, h.pric as high_pric
    from priced as h
    inner join priced as l
        on h.fixmedins_code = l.fixmedins_code and h.item_code = l.item_code and h.quarter = l.quarter and l.pric = l.low_pric
    where
        h.pric = h.high_pric
        and h.pric >= $price_times * l.pric
        and date_diff('day', greatest(h.first_day, l.first_day), least(h.last_day, l.last_day)) >= $overlap_days
),

-- a line with another's name at the dearer price is in question once
in_question as (
    select
        n.fixmedins_code, n.item_code, n.quarter, n.item_name as misnamed, n.hilist_name,
        cast(null as varchar) as item_name, cast(null as decimal(16, 6)) as low_pric, cast(null as decimal(16, 6)) as high_pric,
        case when p.item_code is null then n.lines else 0 end as lines,
        case when p.item_code is null then n.cnt else 0 end as cnt,
        case when p.item_code is null then n.amount else 0 end as amount
    from misnamed as n
    left join two_prices as p
        on n.fixmedins_code = p.fixmedins_code and n.item_code = p.item_code and n.quarter = p.quarter and n.pric = p.high_pric
    union all
    select
        fixmedins_code, item_code, quarter, null as misnamed, null as hilist_name, item_name, low_pric, high_pric, lines, cnt, amount
    from two_prices
),

met as (
    select
        fixmedins_code, item_code, quarter,
        coalesce(min(misnamed), min(item_name)) as item_name,
        sum(cnt) as cnt, cast(sum(lines) as bigint) as lines, sum(amount) as amount,
        min(hilist_name) as hilist_name, min(low_pric) as low_pric, min(high_pric) as high_pric
    from in_question
    group by fixmedins_code, item_code, quarter
)

select
    r.rule_id,
    m.quarter as period,
    m.fixmedins_code,
    cast(null as varchar) as setl_id,
    cast(null as varchar) as bkkp_sn,
    m.item_code,
    m.item_name,
    cast(m.cnt as decimal(16, 4)) as cnt,
    m.high_pric as pric,
    cast(m.low_pric as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    cast(m.amount as decimal(16, 2)) as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'charged for the lines in question, not the loss',
        'high_pric': cast(m.high_pric as varchar),
        'hilist_name': m.hilist_name,
        'lines': m.lines,
        'low_pric': cast(m.low_pric as varchar)
    }) as evidence,
    concat(
        '“', m.item_name, '”',
        case when m.hilist_name is not null then concat('与该编码的目录名称“', m.hilist_name, '”不一致') else '' end,
        case when m.hilist_name is not null and m.low_pric is not null then '，' else '' end,
        case
            when m.low_pric is not null
                then concat(
                    '同期有', cast(cast(m.low_pric as decimal(16, 2)) as varchar), '元与',
                    cast(cast(m.high_pric as decimal(16, 2)) as varchar), '元两种单价'
                )
            else ''
        end,
        '，与“', r.rule_name, '”的情形相符，需核对实物与记录'
    ) as reason,
    cast(null as varchar) as basis_id
from met as m
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id) and m.amount >= $min_amount
