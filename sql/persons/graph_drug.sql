-- The drugs flagged persons got in the settlements that flagged them, the dearest few of each person.
-- grain: person and drug code
-- inputs: score.person_evidence, core.fee_line
-- parameters: $period, $counted_drug_classes (med_chrgitm_type), $most_drugs (of a person)
-- known limits: the fee is the drug's whole charge, not the fund's share
with flagged as (
    select distinct psn_id, setl_id
    from score.person_evidence
    where period = $period
),

taken as (
    select
        f.psn_id,
        l.item_code,
        min(l.item_name) as item_name,
        cast(sum(l.cnt) as decimal(18, 4)) as packs,
        cast(sum(l.det_item_fee_sumamt) as decimal(16, 2)) as fee,
        row_number() over (partition by f.psn_id order by sum(l.det_item_fee_sumamt) desc, l.item_code asc) as place
    from core.fee_line as l
    inner join flagged as f on l.setl_id = f.setl_id
    where
        l.state = 'settled'
        and l.cnt > 0
        and regexp_matches(l.med_chrgitm_type, $counted_drug_classes)
    group by f.psn_id, l.item_code
)

select
    psn_id,
    item_code,
    item_name,
    packs,
    fee
from taken
where place <= $most_drugs
