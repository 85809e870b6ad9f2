-- Traces of stays that may not have taken place (虚假住院): nothing but the ward charged, or a bill copied from person to person.
-- grain: one rule and stay (its last settlement), case level
-- inputs: finding.stay_case, core.fee_line, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $ward_classes, $min_days, $copies (persons with one and the same bill at a provider in
--   four quarters), $min_items (different items on it), $left_out_paymtd
-- known limits: a bill is the same when every item, quantity and amount is; stays with an operation, whose pathways are alike, and stays
--   paid by the day are left out; so are, of copied bills, planned courses and healthy newborns, whose charges are a package;
--   claims nothing
-- Bills are summed without their items first: only those that agree so far are looked at item by item, for items of all stays are more than
-- a city has memory for.
with stay as (
    select *
    from finding.stay_case
    where operations = 0 and net_fund > 0 and not list_contains($left_out_paymtd, coalesce(hi_paymtd, ''))
),

bill as (
    select
        l.mdtrt_id,
        count(*) as lines,
        sum(l.cnt) as cnt,
        sum(l.det_item_fee_sumamt) as fee,
        sum(case when regexp_matches(l.med_chrgitm_type, $ward_classes) then 0 else 1 end) as services
    from core.fee_line as l
    inner join stay as t on l.mdtrt_id = t.mdtrt_id
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
    group by l.mdtrt_id
),

billed as (
    select
        t.*, b.lines, b.cnt, b.fee, b.services,
        case when t.planned_by is not null or coalesce(t.diag_category, '') = 'Z38' then 1 else 0 end as is_course
    from stay as t
    inner join bill as b on t.mdtrt_id = b.mdtrt_id
),

window_end as (
    select distinct quarter_no
    from billed
    where quarter between $period_from and $period_to
),

agreed as (
    select
        q.quarter_no as window_no, b.fixmedins_code, b.lines, b.cnt, b.fee
    from window_end as q
    inner join billed as b on q.quarter_no - b.quarter_no between 0 and 3
    where b.lines >= $min_items and b.is_course = 0
    group by q.quarter_no, b.fixmedins_code, b.lines, b.cnt, b.fee
    having count(distinct b.psn_id) >= $copies
),

candidate as (
    select b.mdtrt_id, b.psn_id, b.fixmedins_code, b.quarter_no
    from billed as b
    inner join agreed as a
        on
            a.window_no - b.quarter_no between 0 and 3 and b.fixmedins_code = a.fixmedins_code
            and b.lines = a.lines and b.cnt = a.cnt and b.fee = a.fee
    where b.is_course = 0
    group by b.mdtrt_id, b.psn_id, b.fixmedins_code, b.quarter_no
),

itemized as (
    select
        c.mdtrt_id, c.psn_id, c.fixmedins_code, c.quarter_no,
        list_sort(array_agg({
            'item_code': upper(l.item_code),
            'cnt': cast(l.cnt as varchar),
            'amount': cast(l.det_item_fee_sumamt as varchar)
        })) as entries
    from candidate as c
    inner join core.fee_line as l on c.mdtrt_id = l.mdtrt_id
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
    group by c.mdtrt_id, c.psn_id, c.fixmedins_code, c.quarter_no
    having count(distinct upper(l.item_code)) >= $min_items
),

copied as (
    select q.quarter_no, i.fixmedins_code, i.entries, count(distinct i.psn_id) as persons
    from window_end as q
    inner join itemized as i on q.quarter_no - i.quarter_no between 0 and 3
    group by q.quarter_no, i.fixmedins_code, i.entries
    having count(distinct i.psn_id) >= $copies
),

copy as (
    select i.mdtrt_id, c.persons
    from itemized as i
    inner join copied as c on i.quarter_no = c.quarter_no and i.fixmedins_code = c.fixmedins_code and i.entries = c.entries
),

marked as (
    select
        b.*,
        c.persons,
        b.services = 0 and b.days >= $min_days as is_empty
    from billed as b
    left join copy as c on b.mdtrt_id = c.mdtrt_id
    where b.quarter between $period_from and $period_to and (c.persons is not null or (b.services = 0 and b.days >= $min_days))
),

-- their items are counted last
item as (
    select l.mdtrt_id, count(distinct upper(l.item_code)) as items
    from core.fee_line as l
    inner join marked as m on l.mdtrt_id = m.mdtrt_id
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
    group by l.mdtrt_id
)

select
    r.rule_id,
    m.quarter as period,
    m.fixmedins_code,
    m.setl_id,
    cast(null as varchar) as bkkp_sn,
    m.diag_code as item_code,
    m.diag_name as item_name,
    cast(null as decimal(16, 4)) as cnt,
    cast(null as decimal(16, 6)) as pric,
    cast(null as decimal(18, 4)) as allowed,
    cast(null as decimal(18, 4)) as excess,
    m.net_fund as gross_amount,
    cast(1 as decimal(20, 4)) as part_num,
    cast(1 as decimal(20, 4)) as part_den,
    'none' as claim_kind,
    to_json({
        'amount_is': 'net fund of the stay, not the loss',
        'begndate': cast(m.begndate as varchar),
        'enddate': cast(m.enddate as varchar),
        'fee': cast(m.fee as varchar),
        'items': i.items,
        'lines': m.lines,
        'persons_with_this_bill': m.persons,
        'service_lines': m.services
    }) as evidence,
    concat(
        '住院', cast(m.begndate as varchar), '至', cast(m.enddate as varchar),
        case when m.is_empty then '，除床位护理外无任何检查、治疗、用药收费' else '' end,
        case
            when m.persons is not null
                then concat('，一年内本机构', cast(m.persons as varchar), '人的费用清单项目数、数量与金额完全一致')
            else ''
        end,
        '，与“', r.rule_name, '”的情形相符，需核实住院是否真实发生；金额为本次住院基金净支付，不等于损失'
    ) as reason,
    cast(null as varchar) as basis_id
from marked as m
inner join item as i on m.mdtrt_id = i.mdtrt_id
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id)
