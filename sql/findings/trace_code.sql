-- A trace code (药品追溯码) sold again: one pack charged to the insurance after it had been sold.
-- grain: one rule and the fee line of the later sale
-- inputs: cur.sel_d, core.settlement, core.refund_link, core.fee_line, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: a code stands for one pack, of which one settlement sells one at most, however often that is told; parts of it may
--   be sold in turn until the pack is used up; a pack brought back (negative count, or its settlement refunded whole) may be sold
--   again, and what was brought back under the later sale itself is not claimed; of one moment returns come first; a sale is found
--   on the first line of its settlement with the item; one character over and over, and texts without a digit, are no code
with refunded as (
    select setl_id
    from core.settlement
    where refund_state = 'full'
),

-- most codes are told once
repeated as (
    select drug_trac_codg
    from cur.sel_d
    where drug_trac_codg is not null
    group by drug_trac_codg
    having count(*) > 1
),

-- whose sale it is: what was brought back under a refund is of the settlement refunded, a sale for cash is its own; neither the
-- sales of a settlement refunded whole count nor their returns
document as (
    select
        d.drug_trac_codg, d.fixmedins_code, d.med_list_codg, d.doc_sn, d.ocur_time,
        greatest(least(d.cnt, 1), -1) as cnt,
        coalesce(r.setl_id, d.setl_id) as setl_id,
        coalesce(r.setl_id, d.setl_id, d.doc_sn) as sale_id,
        case when d.cnt > 0 then 1 else 0 end as is_sale
    from cur.sel_d as d
    inner join repeated as c on d.drug_trac_codg = c.drug_trac_codg
    left join core.refund_link as r on d.setl_id = r.refund_id
    left join refunded as u on coalesce(r.setl_id, d.setl_id) = u.setl_id
    where
        u.setl_id is null
        and regexp_matches(d.drug_trac_codg, '[0-9]') and replace(d.drug_trac_codg, substr(d.drug_trac_codg, 1, 1), '') <> ''
),

told as (
    select
        *,
        sum(cnt) over (
            partition by drug_trac_codg, sale_id order by ocur_time, is_sale, doc_sn rows between unbounded preceding and current row
        ) as told_cnt
    from document
),

-- how much of the pack left with this sale: told twice, still one
sold as (
    select
        *,
        told_cnt - max(greatest(told_cnt - 1, 0)) over (
            partition by drug_trac_codg, sale_id order by ocur_time, is_sale, doc_sn rows between unbounded preceding and current row
        ) as sold_cnt
    from told
),

moved as (
    select
        *,
        sold_cnt - coalesce(
            lag(sold_cnt) over (partition by drug_trac_codg, sale_id order by ocur_time, is_sale, doc_sn), 0
        ) as moved_cnt
    from sold
),

kept as (
    select
        *,
        sum(moved_cnt) over (partition by drug_trac_codg, sale_id) as kept_cnt
    from moved
),

sale as (
    select
        *,
        coalesce(
            sum(moved_cnt) over (
                partition by drug_trac_codg order by ocur_time, is_sale, doc_sn rows between unbounded preceding and 1 preceding
            ), 0
        ) as sold_before,
        -- the first sale that was not brought back, else the first
        min(case when moved_cnt > 0 then {
            'brought_back': case when kept_cnt > 0 then 0 else 1 end,
            'ocur_time': ocur_time,
            'doc_sn': doc_sn,
            'setl_id': setl_id,
            'fixmedins_code': fixmedins_code
        } end) over (
            partition by drug_trac_codg order by ocur_time, is_sale, doc_sn rows between unbounded preceding and 1 preceding
        ) as first_sale
    from kept
),

again as (
    select
        *,
        least(moved_cnt, sold_before + moved_cnt - 1) as excess
    from sale
    where moved_cnt > 0 and sold_before + moved_cnt > 1 and kept_cnt > 0 and setl_id is not null
),

lined as (
    select
        a.*,
        l.bkkp_sn, l.quarter, l.item_code, l.item_name, l.cnt as line_cnt, l.pric, l.det_item_fee_sumamt,
        row_number() over (partition by a.doc_sn order by l.fee_ocur_time, l.bkkp_sn) as place
    from again as a
    inner join core.fee_line as l
        on a.setl_id = l.setl_id and a.fixmedins_code = l.fixmedins_code and upper(a.med_list_codg) = upper(l.item_code)
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
),

by_code as (
    select
        bkkp_sn, setl_id, fixmedins_code, quarter, item_code, drug_trac_codg,
        min(item_name) as item_name, max(line_cnt) as line_cnt, max(pric) as pric, max(det_item_fee_sumamt) as det_item_fee_sumamt,
        least(sum(excess), max(kept_cnt)) as excess,
        min(first_sale) as first_sale
    from lined
    where place = 1
    group by bkkp_sn, setl_id, fixmedins_code, quarter, item_code, drug_trac_codg
),

by_line as (
    select
        bkkp_sn, setl_id, fixmedins_code, quarter, item_code,
        min(item_name) as item_name, max(line_cnt) as cnt, max(pric) as pric, max(det_item_fee_sumamt) as amount,
        least(sum(excess), max(line_cnt)) as excess,
        count(*) as codes,
        min({
            'drug_trac_codg': drug_trac_codg,
            'first_sale': first_sale
        }) as shown
    from by_code
    group by bkkp_sn, setl_id, fixmedins_code, quarter, item_code
),

whole as (
    select
        *,
        cast(amount * 100 as hugeint) as fen,
        cast(excess * 10000 as hugeint) as num,
        cast(cnt * 10000 as hugeint) as den
    from by_line
    where quarter between $period_from and $period_to
)

select
    r.rule_id,
    w.quarter as period,
    w.fixmedins_code,
    w.setl_id,
    w.bkkp_sn,
    w.item_code,
    w.item_name,
    w.cnt,
    w.pric,
    cast(w.cnt - w.excess as decimal(18, 4)) as allowed,
    cast(w.excess as decimal(18, 4)) as excess,
    cast(
        cast((2 * w.fen * w.num + w.den) // (2 * w.den) as decimal(18, 0)) * cast(0.01 as decimal(3, 2)) as decimal(16, 2)
    ) as gross_amount,
    cast(w.excess as decimal(20, 4)) as part_num,
    cast(w.cnt as decimal(20, 4)) as part_den,
    'line' as claim_kind,
    to_json({
        'codes': w.codes,
        'drug_trac_codg': w.shown.drug_trac_codg,
        'first_doc_sn': w.shown.first_sale.doc_sn,
        'first_fixmedins_code': w.shown.first_sale.fixmedins_code,
        'first_setl_id': w.shown.first_sale.setl_id,
        'first_time': cast(w.shown.first_sale.ocur_time as varchar)
    }) as evidence,
    concat(
        '“', coalesce(w.item_name, w.item_code), '”的追溯码',
        w.shown.drug_trac_codg, '已于', cast(cast(w.shown.first_sale.ocur_time as date) as varchar),
        case when w.shown.first_sale.fixmedins_code = w.fixmedins_code then '由本机构' else '由另一机构' end,
        '售出，又在本次结算中销售，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from whole as w
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id)
