-- Purchases and sales (进销存): more of an item billed than opening stock, purchases and changes of stock can have supplied.
-- grain: one rule, provider, item and quarter (no settlement)
-- inputs: cur.purc_d, cur.sel_d, cur.inv_chg_d, cur.inv_count_d, core.fee_line, finding.rule
-- parameters: $rule_ids, $period_from, $period_to, $drug_classes and $consumable_classes (med_chrgitm_type), $tolerance_percent of
--   what was billed and $tolerance_cnt packs that may lack, $opening_days of stock granted where nothing was ever counted,
--   $full_report_percent (of a provider's billed items have documents: then an item without any was never bought),
--   $conversions ("item:factor" or "provider|item:factor": one unit of the documents is so many billed units)
-- known limits: stock is followed from count to count (the last of each quarter): opening + purchases + changes - cash sales - closing
--   is what can have been billed; a quarter without a count is balanced from the last count on with nothing left at its end, and
--   what a quarter showed is not shown again; what the leg before had too much (goods returned or booked late) is taken off.
--   A count is taken as whole: batches that were not counted count as none. Only quarters with documents of the provider in
--   every month are judged. Billed are settled lines net of refunds, by the day of service; the claim is
--   spread over the lines settled in the quarter
with factor as (
    select
        split_part(written, ':', 1) as what,
        cast(split_part(written, ':', 2) as decimal(16, 4)) as factor
    from (select unnest($conversions) as written) as configured
),

document as (
    select fixmedins_code, med_list_codg as item_code, ocur_time, 'purchase' as kind, cnt
    from cur.purc_d
    union all
    select fixmedins_code, med_list_codg as item_code, ocur_time, 'change' as kind, cnt
    from cur.inv_chg_d
    union all
    select fixmedins_code, med_list_codg as item_code, ocur_time, 'cash' as kind, -cnt as cnt
    from cur.sel_d
    where setl_id is null
    union all
    select fixmedins_code, med_list_codg as item_code, ocur_time, 'sale' as kind, 0 as cnt
    from cur.sel_d
    where setl_id is not null
    union all
    select fixmedins_code, med_list_codg as item_code, counted_at as ocur_time, 'count' as kind, sum(cnt) as cnt
    from (
        select
            fixmedins_code, med_list_codg, cnt,
            max(ocur_time) over (partition by fixmedins_code, med_list_codg, cast(ocur_time as date)) as counted_at,
            row_number() over (
                partition by fixmedins_code, med_list_codg, coalesce(fixmedins_bchno, manu_lotnum, ''), cast(ocur_time as date)
                order by ocur_time desc, doc_sn desc
            ) as latest
        from cur.inv_count_d
    ) as counted
    where latest = 1
    group by fixmedins_code, med_list_codg, counted_at
),

converted as (
    select
        d.fixmedins_code, d.item_code, d.ocur_time, d.kind,
        concat(cast(year(d.ocur_time) as varchar), 'Q', cast(quarter(d.ocur_time) as varchar)) as quarter,
        cast(d.cnt * coalesce(p.factor, g.factor, 1) as decimal(28, 4)) as cnt
    from document as d
    left join factor as p on concat(d.fixmedins_code, '|', d.item_code) = p.what
    left join factor as g on d.item_code = g.what
),

reporter as (
    select fixmedins_code, min(ocur_time) as reports_from
    from converted
    where kind in ('purchase', 'count')
    group by fixmedins_code
),

reported as (
    select fixmedins_code, quarter
    from converted
    group by fixmedins_code, quarter
    having count(distinct month(ocur_time)) = 3
),

documented as (
    select fixmedins_code, item_code, max(case when kind = 'count' then 1 else 0 end) as is_counted
    from converted
    where kind in ('purchase', 'count')
    group by fixmedins_code, item_code
),

line as (
    select
        l.fixmedins_code, l.item_code, l.item_name, l.fee_ocur_time, l.quarter as settled_in, l.cnt, l.det_item_fee_sumamt as amount,
        case
            when regexp_matches(l.med_chrgitm_type, $drug_classes) then 'drug'
            else 'consumable'
        end as subject,
        d.item_code is not null as is_documented,
        coalesce(d.is_counted, 0) as is_counted
    from core.fee_line as l
    inner join reporter as r on l.fixmedins_code = r.fixmedins_code and l.fee_ocur_time >= r.reports_from
    left join documented as d on l.fixmedins_code = d.fixmedins_code and l.item_code = d.item_code
    where
        l.state = 'settled' and l.cnt > 0 and not l.refunded
        and (
            regexp_matches(l.med_chrgitm_type, $drug_classes)
            or regexp_matches(l.med_chrgitm_type, $consumable_classes)
        )
),

full_reporter as (
    select fixmedins_code, subject
    from line
    group by fixmedins_code, subject
    having count(distinct case when is_documented then item_code end) * 100 >= count(distinct item_code) * $full_report_percent
),

-- only what was settled in the periods asked for can be a finding
asked as (
    select fixmedins_code, item_code
    from line
    where settled_in between $period_from and $period_to
    group by fixmedins_code, item_code
),

sold as (
    select l.*
    from line as l
    inner join asked as a on l.fixmedins_code = a.fixmedins_code and l.item_code = a.item_code
    left join full_reporter as f on l.fixmedins_code = f.fixmedins_code and l.subject = f.subject
    where l.is_documented or f.fixmedins_code is not null
),

item as (
    select
        fixmedins_code, item_code, max(subject) as subject, max(item_name) as item_name, max(is_counted) as is_counted,
        sum(cnt) as billed_ever,
        greatest(date_diff('day', min(fee_ocur_time), max(fee_ocur_time)) + 1, 90) as days_billed
    from sold
    group by fixmedins_code, item_code
),

-- the counts that legs run between: the first of all, and the last of each quarter
checkpoint as (
    select fixmedins_code, item_code, ocur_time, quarter, cnt
    from (
        select
            *,
            row_number() over (partition by fixmedins_code, item_code order by ocur_time) as first_place,
            row_number() over (partition by fixmedins_code, item_code, quarter order by ocur_time desc) as last_place
        from converted
        where kind = 'count'
    ) as placed
    where first_place = 1 or last_place = 1
),

event as (
    select fixmedins_code, item_code, ocur_time, 1 as turn, kind, quarter, cnt
    from converted
    where kind in ('purchase', 'change', 'cash')
    union all
    select
        fixmedins_code, item_code, fee_ocur_time as ocur_time, 1 as turn, 'billed' as kind,
        concat(cast(year(fee_ocur_time) as varchar), 'Q', cast(quarter(fee_ocur_time) as varchar)) as quarter,
        -cast(cnt as decimal(28, 4)) as cnt
    from sold
    union all
    select fixmedins_code, item_code, ocur_time, 2 as turn, 'count' as kind, quarter, cnt
    from checkpoint
),

on_leg as (
    select
        *,
        coalesce(
            sum(case when kind = 'count' then 1 else 0 end) over (
                partition by fixmedins_code, item_code
                order by ocur_time, turn
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as leg
    from event
),

-- a count closes its leg and opens the next
moved as (
    select
        fixmedins_code, item_code, leg, quarter,
        sum(case when kind = 'purchase' then cnt else 0 end) as purchased,
        sum(case when kind = 'change' then cnt else 0 end) as changed,
        sum(case when kind = 'cash' then cnt else 0 end) as cash,
        sum(case when kind = 'billed' then -cnt else 0 end) as billed,
        max(case when kind = 'count' then cnt end) as closing
    from on_leg
    group by fixmedins_code, item_code, leg, quarter
),

opened as (
    select fixmedins_code, item_code, leg + 1 as leg, closing as opening
    from moved
    where closing is not null
),

balanced as (
    select
        m.fixmedins_code, m.item_code, m.leg, m.quarter, m.closing,
        i.subject, i.item_name, i.is_counted,
        coalesce(
            o.opening,
            cast((cast(i.billed_ever * $opening_days as hugeint) + i.days_billed - 1) // i.days_billed as decimal(28, 4))
        ) as opening,
        sum(m.purchased) over leg_so_far as purchased,
        sum(m.changed) over leg_so_far as changed,
        sum(m.cash) over leg_so_far as cash,
        sum(m.billed) over leg_so_far as billed
    from moved as m
    inner join item as i on m.fixmedins_code = i.fixmedins_code and m.item_code = i.item_code
    left join opened as o on m.fixmedins_code = o.fixmedins_code and m.item_code = o.item_code and m.leg = o.leg
    where o.opening is not null or i.is_counted = 0
    window leg_so_far as (
        partition by m.fixmedins_code, m.item_code, m.leg order by m.quarter rows between unbounded preceding and current row
    )
),

short as (
    select
        *,
        billed - cash - purchased - changed - opening + coalesce(closing, 0) as lacking
    from balanced
),

surplus as (
    select fixmedins_code, item_code, leg + 1 as leg, greatest(-lacking, 0) as surplus
    from short
    where closing is not null
),

shown as (
    select
        s.*,
        coalesce(p.surplus, 0) as surplus_before,
        greatest(s.lacking - coalesce(p.surplus, 0), 0) as missing,
        coalesce(
            max(greatest(s.lacking - coalesce(p.surplus, 0), 0)) over (
                partition by s.fixmedins_code, s.item_code, s.leg
                order by s.quarter
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as shown_before
    from short as s
    left join surplus as p on s.fixmedins_code = p.fixmedins_code and s.item_code = p.item_code and s.leg = p.leg
),

-- a quarter holds the leg that its count closes and the beginning of the next: what lacks in both is one shortage
in_quarter as (
    select
        fixmedins_code, item_code, quarter, subject, item_name, is_counted,
        max(case when place = 1 then opening end) as opening,
        max(case when place = 1 then surplus_before end) as surplus_before,
        sum(purchased) as purchased,
        sum(changed) as changed,
        sum(cash) as cash,
        sum(billed) as billed,
        max(case when place_from_end = 1 then closing end) as closing,
        sum(shown_before) as shown_before,
        sum(missing - shown_before) as lacks
    from (
        select
            *,
            row_number() over (partition by fixmedins_code, item_code, quarter order by leg) as place,
            row_number() over (partition by fixmedins_code, item_code, quarter order by leg desc) as place_from_end
        from shown
        where missing > shown_before
    ) as lacking_legs
    group by fixmedins_code, item_code, quarter, subject, item_name, is_counted
),

settled as (
    select fixmedins_code, item_code, settled_in, sum(cnt) as cnt, sum(amount) as amount
    from sold
    where settled_in between $period_from and $period_to
    group by fixmedins_code, item_code, settled_in
),

met as (
    select
        r.rule_id, r.rule_name, s.*, t.amount,
        cast(t.cnt as decimal(28, 4)) as billed_cnt,
        cast(least(s.lacks, t.cnt) as decimal(28, 4)) as excess
    from in_quarter as s
    inner join settled as t on s.fixmedins_code = t.fixmedins_code and s.item_code = t.item_code and s.quarter = t.settled_in
    inner join reported as q on s.fixmedins_code = q.fixmedins_code and s.quarter = q.quarter
    inner join finding.rule as r on s.subject = r.subject
    where
        list_contains($rule_ids, r.rule_id)
        and s.quarter between $period_from and $period_to
        and s.lacks > $tolerance_cnt
        and s.lacks * 100 > t.cnt * $tolerance_percent
),

whole as (
    select
        *,
        cast(amount * 100 as hugeint) as fen,
        cast(excess * 10000 as hugeint) as num,
        cast(billed_cnt * 10000 as hugeint) as den
    from met
),

valued as (
    select
        *,
        cast((2 * fen * num + den) // (2 * den) as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as at_stake,
        cast((2 * fen * 100000000 + den) // (2 * den) as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as average_pric
    from whole
)

select
    rule_id,
    quarter as period,
    fixmedins_code,
    cast(null as varchar) as setl_id,
    cast(null as varchar) as bkkp_sn,
    item_code,
    item_name,
    cast(billed_cnt as decimal(16, 4)) as cnt,
    cast(average_pric as decimal(16, 6)) as pric,
    cast(billed_cnt - excess as decimal(18, 4)) as allowed,
    cast(excess as decimal(18, 4)) as excess,
    cast(at_stake as decimal(16, 2)) as gross_amount,
    cast(excess as decimal(20, 4)) as part_num,
    cast(billed_cnt as decimal(20, 4)) as part_den,
    'item' as claim_kind,
    to_json({
        'billed': cast(cast(billed as decimal(28, 4)) as varchar),
        'cash_sales': cast(cast(-cash as decimal(28, 4)) as varchar),
        'changes': cast(cast(changed as decimal(28, 4)) as varchar),
        'closing': cast(closing as varchar),
        'missing': cast(cast(lacks as decimal(28, 4)) as varchar),
        'missing_shown_before': cast(cast(shown_before as decimal(28, 4)) as varchar),
        'opening': cast(opening as varchar),
        'opening_counted': is_counted = 1,
        'purchases': cast(cast(purchased as decimal(28, 4)) as varchar),
        'surplus_before': cast(surplus_before as varchar)
    }) as evidence,
    concat(
        '“', coalesce(item_name, item_code), '”本期医保结算',
        rtrim(rtrim(cast(cast(billed_cnt as decimal(16, 2)) as varchar), '0'), '.'), '，按期初、购进、变动',
        case when closing is null then '' else '与期末盘存' end, '核算短少', rtrim(rtrim(cast(cast(excess as decimal(16, 2)) as varchar), '0'), '.'),
        '，与“', rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from valued
where at_stake > 0
