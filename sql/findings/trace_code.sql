-- A trace code (药品追溯码) sold again: one pack charged to the insurance after it had been sold.
-- grain: one rule and the fee line of the later sale
-- inputs: cur.sel_d, core.settlement, core.refund_link, core.fee_line, finding.rule
-- parameters: $rule_ids, $period_from, $period_to
-- known limits: a code stands for one pack; parts of it may be sold in turn until the pack is used up; a pack brought back (negative
--   count, or its settlement refunded whole) may be sold again; a sale is found on the first line of its settlement with the
--   item; one character over and over, and texts without a digit, are no code
with undone as (
    select setl_id
    from core.settlement
    where refund_state = 'full'
    union
    select r.refund_id as setl_id
    from core.refund_link as r
    inner join core.settlement as s on r.setl_id = s.setl_id
    where s.refund_state = 'full'
),

-- neither the sales of a settlement refunded whole count nor what was brought back under it
document as (
    select d.*
    from cur.sel_d as d
    left join undone as u on d.setl_id = u.setl_id
    where u.setl_id is null
),

sale as (
    select
        drug_trac_codg, fixmedins_code, med_list_codg, setl_id, doc_sn, ocur_time, cnt,
        coalesce(
            sum(cnt) over (
                partition by drug_trac_codg order by ocur_time, doc_sn rows between unbounded preceding and 1 preceding
            ), 0
        ) as sold_before,
        first_value(fixmedins_code) over (partition by drug_trac_codg order by ocur_time, doc_sn) as first_fixmedins_code,
        first_value(doc_sn) over (partition by drug_trac_codg order by ocur_time, doc_sn) as first_doc_sn,
        first_value(setl_id) over (partition by drug_trac_codg order by ocur_time, doc_sn) as first_setl_id,
        first_value(ocur_time) over (partition by drug_trac_codg order by ocur_time, doc_sn) as first_time
    from document
    where regexp_matches(drug_trac_codg, '[0-9]') and replace(drug_trac_codg, substr(drug_trac_codg, 1, 1), '') <> ''
),

again as (
    select
        *,
        least(cnt, sold_before + cnt - 1) as excess
    from sale
    where
        cnt > 0 and sold_before > 0 and sold_before + cnt > 1 and setl_id is not null
        and coalesce(setl_id, '') <> coalesce(first_setl_id, '')
),

lined as (
    select
        a.*,
        l.bkkp_sn, l.quarter, l.item_name, l.cnt as line_cnt, l.pric, l.det_item_fee_sumamt,
        row_number() over (partition by a.doc_sn order by l.fee_ocur_time, l.bkkp_sn) as place
    from again as a
    inner join core.fee_line as l
        on a.setl_id = l.setl_id and a.fixmedins_code = l.fixmedins_code and a.med_list_codg = l.item_code
    where l.state = 'settled' and l.cnt > 0 and l.det_item_fee_sumamt > 0
),

-- one code is one pack, however often its sale in one settlement is told
by_code as (
    select
        bkkp_sn, setl_id, fixmedins_code, quarter, med_list_codg, drug_trac_codg,
        min(item_name) as item_name, max(line_cnt) as line_cnt, max(pric) as pric, max(det_item_fee_sumamt) as det_item_fee_sumamt,
        least(sum(excess), 1) as excess,
        min(first_fixmedins_code) as first_fixmedins_code, min(first_setl_id) as first_setl_id, min(first_doc_sn) as first_doc_sn,
        min(first_time) as first_time
    from lined
    where place = 1
    group by bkkp_sn, setl_id, fixmedins_code, quarter, med_list_codg, drug_trac_codg
),

by_line as (
    select
        bkkp_sn, setl_id, fixmedins_code, quarter, med_list_codg as item_code,
        min(item_name) as item_name, max(line_cnt) as cnt, max(pric) as pric, max(det_item_fee_sumamt) as amount,
        least(sum(excess), max(line_cnt)) as excess,
        min(drug_trac_codg) as drug_trac_codg, count(distinct drug_trac_codg) as codes,
        min(first_fixmedins_code) as first_fixmedins_code, min(first_setl_id) as first_setl_id, min(first_doc_sn) as first_doc_sn,
        min(first_time) as first_time
    from by_code
    group by bkkp_sn, setl_id, fixmedins_code, quarter, med_list_codg
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
        'drug_trac_codg': w.drug_trac_codg,
        'first_doc_sn': w.first_doc_sn,
        'first_fixmedins_code': w.first_fixmedins_code,
        'first_setl_id': w.first_setl_id,
        'first_time': cast(w.first_time as varchar)
    }) as evidence,
    concat(
        '“', coalesce(w.item_name, w.item_code), '”的追溯码', w.drug_trac_codg, '已于', cast(cast(w.first_time as date) as varchar),
        case when w.first_fixmedins_code = w.fixmedins_code then '由本机构' else '由另一机构' end, '售出，又在本次结算中销售，与“', r.rule_name, '”的情形相符'
    ) as reason,
    cast(null as varchar) as basis_id
from whole as w
cross join finding.rule as r
where list_contains($rule_ids, r.rule_id)
